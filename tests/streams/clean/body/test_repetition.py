"""Removal of repeated sentences."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.body.repetition import comparison_key, remove_repetition

PARAGRAPHS = [
    "The harbor bridge opened to traffic on Monday, three months after a storm had damaged it.",
    "“We are glad that it is over,” the mayor of the city told reporters at the eastern ramp.",
    "Engineers replaced forty cables and the whole eastern ramp. It cost twelve million euros.",
    "Ferries will run for another week, the port authority said in a statement late on Sunday",
    "Traffic around the harbor had doubled since the storm, according to the police of the city.",
]


@given(st.randoms(use_true_random=False), st.sampled_from(["", " "]))
def test_concatenation_sets_order_and_parts_set_breaks(chance: random.Random, glue: str) -> None:
    shuffled = [*PARAGRAPHS[1:], glue.join(PARAGRAPHS)]
    chance.shuffle(shuffled)

    assert remove_repetition(shuffled) == PARAGRAPHS


@given(st.lists(st.sampled_from(PARAGRAPHS)))
def test_remove_repetition_keeps_each_paragraph_once(paragraphs: list[str]) -> None:
    once = remove_repetition(paragraphs)

    assert sorted(map(comparison_key, once)) == sorted({comparison_key(p) for p in paragraphs})


@given(st.lists(st.text()))
def test_remove_repetition_accepts_any_paragraphs(paragraphs: list[str]) -> None:
    assert len("".join(remove_repetition(paragraphs))) <= 2 * len("".join(paragraphs)) + 2


def test_repeated_sentence_is_removed() -> None:
    again = f"{PARAGRAPHS[0]} Nobody was hurt."

    assert remove_repetition([PARAGRAPHS[0], PARAGRAPHS[1], again])[-1] == "Nobody was hurt."


@pytest.mark.parametrize("short", ["He said no.", "Shr 39 cts vs 40 cts", "Yes."])
def test_short_repeats_are_kept(short: str) -> None:
    paragraphs = [short, PARAGRAPHS[0], short]

    assert remove_repetition(paragraphs) == paragraphs


def test_repetitive_text_loses_short_repeats_too() -> None:
    paragraphs = ["It rained.", PARAGRAPHS[0], "It rained.", PARAGRAPHS[0]]

    assert remove_repetition(paragraphs) == ["It rained.", PARAGRAPHS[0]]


def test_paragraphs_without_common_parts_are_unchanged() -> None:
    paragraphs = [PARAGRAPHS[1], f"{PARAGRAPHS[2]} {PARAGRAPHS[3]}", PARAGRAPHS[0]]

    assert remove_repetition(paragraphs) == paragraphs
