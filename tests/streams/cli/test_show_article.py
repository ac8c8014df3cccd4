"""An article in the terminal: whatever a report holds, it is shown and harms nothing."""

from typing import Any

import msgspec
import pytest

from streams.cli.show_article import SHOWN_CHARACTERS, show_article
from tests.support.builders import duplicate_article, enriched_article, entity, mention

TEXT = "The ministers met in Berlin on Monday."


def report(**changes: Any) -> dict[str, Any]:
    """What `streams try` knows of an article."""
    article = enriched_article(
        text=TEXT,
        entities=(entity("Berlin", id="Q64"),),
        mentions=(mention("Berlin", within=TEXT),),
    )
    found = msgspec.to_builtins(article) | {"outcome": "new", "reason": "", "routes": ["germany"]}
    return found | changes


def shown(capsys: pytest.CaptureFixture[str], found: dict[str, Any]) -> str:
    """What is printed of a report."""
    show_article(found)
    return capsys.readouterr().out


def test_show_article_shows_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, report())

    told = ("new", report()["title"], TEXT, "Berlin [Q64]", "germany", "News Test", "(minute)")
    assert [word for word in told if word not in text] == []


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            {"outcome": "dead_letter", "reason": "not_json", "detail": "at [/x]", "routes": []},
            ["dead letter: not json", "(no title)", "at [/x]"],
        ),
        (
            {"outcome": "refused", "reason": "too_large", "detail": "9 MiB", "routes": []},
            ["refused: too large", "9 MiB"],
        ),
        (
            {"outcome": "dropped", "reason": "empty_article", "title": "[b]", "routes": []},
            ["dropped: empty article", "[b]"],
        ),
        (report(published=None, site=None, language=None, routes=[]), ["unknown", TEXT]),
        (
            msgspec.to_builtins(duplicate_article()) | {"outcome": "copy", "routes": []},
            ["copy", "The Copy"],
        ),
    ],
    ids=["dead letter", "refused", "dropped", "little known", "copy"],
)
def test_show_article_shows_every_outcome(
    found: dict[str, Any], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, found)

    assert [word for word in told if word not in text] == []


def test_show_article_draws_no_box_around_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, report(text="", mentions=[]))

    assert "╭" not in text
    assert "a headline only" in text


def test_show_article_shows_no_hour_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    day = {"time": "2026-03-02T00:00:00Z", "precision": "day"}

    assert "00:00" not in shown(capsys, report(published=day))


def test_show_article_cuts_long_texts_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, report(text="word " * 1000, mentions=[]))

    assert "(5,000 characters)" in text
    assert text.count("word") <= SHOWN_CHARACTERS / 5


@pytest.mark.parametrize("field", ["title", "detail"])
def test_show_article_lets_no_control_codes_through(
    field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"outcome": "dropped", "routes": [], field: "\x1b]0;owned\x07"}

    assert "\x1b]" not in shown(capsys, found)
