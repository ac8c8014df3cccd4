"""Sample articles of rules."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from streams.route.query.ast import ArticleKind
from streams.route.sample import SampleError, parse_sample


def test_parse_sample_returns_facts() -> None:
    found = parse_sample(
        {
            "text": "Über die Brücke",
            "source": "ANI",
            "domain": "News.test",
            "language": "de",
            "kind": "copy",
            "entities": ["Q64", "Vladimir Putin"],
            "types": ["gpe"],
            "published": "2026-03-02",
            "section": "World",
            "wanted": False,
        },
        line=7,
    )

    assert (found.title, found.wanted, found.line) == ("Über die Brücke", False, 7)
    assert found.facts.text.padded == " uber die brucke "
    assert (found.facts.kind, found.facts.language) == (ArticleKind.COPY, "de")
    assert found.facts.entity_ids == {"q64", "vladimir putin"}
    assert found.facts.entity_names == (" q64 ", " vladimir putin ")
    assert (found.facts.sources, found.facts.hosts) == ((" ani ",), (".news.test",))
    assert found.facts.topics == (" world ",)
    assert found.facts.time == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("published", [date(2026, 3, 2), datetime(2026, 3, 2), "2026-03-02"])  # noqa: DTZ001  # as TOML returns them
def test_parse_sample_accepts_toml_times(published: Any) -> None:
    assert parse_sample({"title": "a", "published": published}, line=1).facts.time == datetime(
        2026, 3, 2, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"titel": "a"}, "titel"),
        ({"title": 5}, "title"),
        ({"title": "a", "entities": "Q1"}, "entities"),
        ({"title": "a", "kind": "old"}, "kind"),
        ({"title": "a", "published": "soon"}, "published"),
        ({"title": "a", "published": 5}, "published"),
        ({"title": "a", "wanted": "no"}, "wanted"),
        ({"language": "de"}, "title"),
    ],
)
def test_parse_sample_refuses_invalid_table(table: dict[str, Any], key: str) -> None:
    with pytest.raises(SampleError) as caught:
        parse_sample(table, line=1)

    assert caught.value.key == key
