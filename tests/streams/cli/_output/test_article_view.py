"""An article in the terminal."""

from typing import Any

import msgspec
import pytest

from streams.cli._output.article_view import MAX_CHARACTERS, print_article
from tests.support.builders import duplicate_article, enriched_article, entity, mention

TEXT = "The ministers met in Berlin on Monday."


def report(**changes: Any) -> dict[str, Any]:
    """A report of `streams try`."""
    article = enriched_article(
        text=TEXT,
        entities=(entity("Berlin", id="Q64"),),
        mentions=(mention("Berlin", within=TEXT),),
    )
    found = msgspec.to_builtins(article) | {"outcome": "new", "reason": "", "routes": ["germany"]}
    return found | changes


def shown(capsys: pytest.CaptureFixture[str], found: dict[str, Any]) -> str:
    """The printed report."""
    print_article(found)
    return capsys.readouterr().out


def test_print_article_shows_known_fields(capsys: pytest.CaptureFixture[str]) -> None:
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
        (
            {"outcome": "dropped", "source": "wall", "evidence": "title: Wait", "routes": []},
            ["(no title)", "wall · title: Wait"],
        ),
        (report(published=None, site=None, language=None, routes=[]), ["unknown", TEXT]),
        (
            msgspec.to_builtins(duplicate_article()) | {"outcome": "copy", "routes": []},
            ["copy", "The Copy"],
        ),
    ],
    ids=["dead letter", "refused", "dropped", "dropped page", "little known", "copy"],
)
def test_print_article_shows_every_outcome(
    found: dict[str, Any], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(capsys, found)

    assert [word for word in told if word not in text] == []


def test_print_article_without_text_draws_no_box(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, report(text="", mentions=[]))

    assert "╭" not in text
    assert "only a headline" in text


def test_print_article_shows_no_unknown_hour(capsys: pytest.CaptureFixture[str]) -> None:
    day = {"time": "2026-03-02T00:00:00Z", "precision": "day"}

    assert "00:00" not in shown(capsys, report(published=day))


def test_print_article_shows_time_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    time = {"time": "2026-03-02T00:30:00+01:00", "precision": "minute"}

    assert "2026-03-01 23:30:00 UTC (minute)" in shown(capsys, report(published=time))


def test_print_article_cuts_long_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, report(text="word " * 1000, mentions=[]))

    assert "(5,000 characters)" in text
    assert text.count("word") <= MAX_CHARACTERS / 5


@pytest.mark.parametrize("field", ["title", "detail"])
def test_print_article_escapes_control_codes(
    field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"outcome": "dropped", "routes": [], field: "\x1b]0;owned\x07"}

    assert "\x1b]" not in shown(capsys, found)
