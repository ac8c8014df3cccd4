"""Titles, and removal of the site's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.metadata.title import same_title, title_suffix, without_site


@pytest.mark.parametrize(
    ("title", "sites", "expected"),
    [
        ("Rain in May - The Harbor Times", ["The Harbor Times"], "Rain in May"),
        ("Rain in May | Harbor Times", ["The Harbor Times"], "Rain in May"),
        ("Rain in May | News | Harbor Times", ["Harbor Times News"], "Rain in May"),
        ("Rain in May – harbortimes.test", ["harbortimes.test"], "Rain in May"),
        ("Rain in May | Börsen-Zeitung", ["boersen-zeitung"], "Rain in May"),
        ("Rain in May - BBC News", ["BBC"], "Rain in May"),
        ("Harbor Times | Rain in May falls", ["Harbor Times"], "Rain in May falls"),
        ("Talks - US meets Russia - News", ["Complete News World"], "Talks - US meets Russia"),
        ("Talks - US meets Russia", ["Complete News World"], "Talks - US meets Russia"),
        ("Spiegel - a history of mirrors", ["Der Spiegel"], "Spiegel - a history of mirrors"),
        ("Harbor Times", ["Harbor Times"], "Harbor Times"),
        ("Time - and again", ["Time"], "Time - and again"),
        ("", ["Harbor Times"], ""),
    ],
)
def test_without_site_removes_only_site(title: str, sites: list[str], expected: str) -> None:
    assert without_site(title, sites) == expected


@given(st.text(), st.lists(st.text(max_size=20), max_size=3))
def test_without_site_is_idempotent(title: str, sites: list[str]) -> None:
    once = without_site(title, sites)

    assert without_site(once, sites) == once


@given(st.text(min_size=1, max_size=300))
def test_without_site_keeps_title(title: str) -> None:
    assert bool(without_site(title, [title])) == bool(title.strip())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Talks – US meets", "Talks - US meets", True),
        ("“Rain” in May", '"Rain" in May', True),
        ("RAIN IN MAY", "Rain in May", True),
        ("Rain in May | The Harbor Times", "Rain in May", True),
        ("Rain in May", "Snow in May", False),
        ("", "", False),
        ("!!!", "???", False),
    ],
)
def test_same_title(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same_title(one, other) is same


def test_title_suffix_requires_complete_title() -> None:
    assert title_suffix("Rain in May - Harbor", "Rain in") == ""
