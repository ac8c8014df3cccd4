"""Alerts as text."""

from streams.cli.alerts._format import CONTEXT_CHARS, highlighted, passage


def test_highlighted_escapes_control_characters() -> None:
    shown = highlighted("a\x1b bridge here", [(3, 9)], "bold")

    assert shown.plain == "a\\x1b bridge here"
    assert [shown.plain[span.start : span.end] for span in shown.spans] == ["bridge"]


def test_passage_is_first_match_with_context() -> None:
    text = "x" * 100 + " bridge " + "y" * 100
    shown = passage(text, [(101, 107)])

    assert shown is not None
    assert shown.plain == f"…{'x' * (CONTEXT_CHARS - 1)} bridge {'y' * (CONTEXT_CHARS - 1)}…"


def test_passage_without_match_is_none() -> None:
    assert passage("text", []) is None
