"""Alerts as people read them."""

from streams.cli.alerts_shown import AROUND_CHARS, marked, passage


def test_marked_marks_and_spells_control_characters_out() -> None:
    shown = marked("a\x1b bridge here", [(3, 9)], "bold")

    assert shown.plain == "a\\x1b bridge here"
    assert [shown.plain[span.start : span.end] for span in shown.spans] == ["bridge"]


def test_passage_is_the_first_place_with_what_is_around_it() -> None:
    text = "x" * 100 + " bridge " + "y" * 100
    shown = passage(text, [(101, 107)])

    assert shown is not None
    assert shown.plain == f"…{'x' * (AROUND_CHARS - 1)} bridge {'y' * (AROUND_CHARS - 1)}…"


def test_passage_of_nothing_is_none() -> None:
    assert passage("text", []) is None
