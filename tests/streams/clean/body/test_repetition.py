"""Every sentence once."""

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
def test_a_concatenation_gives_the_order_and_the_others_the_breaks(
    chance: random.Random, glue: str
) -> None:
    shuffled = [*PARAGRAPHS[1:], glue.join(PARAGRAPHS)]
    chance.shuffle(shuffled)

    assert remove_repetition(shuffled) == PARAGRAPHS


@given(st.lists(st.sampled_from(PARAGRAPHS)))
def test_no_paragraph_comes_twice(paragraphs: list[str]) -> None:
    once = remove_repetition(paragraphs)

    assert sorted(map(comparison_key, once)) == sorted({comparison_key(p) for p in paragraphs})


@given(st.lists(st.text()))
def test_without_repeats_answers_whatever_comes(paragraphs: list[str]) -> None:
    assert len("".join(remove_repetition(paragraphs))) <= 2 * len("".join(paragraphs)) + 2


def test_a_sentence_said_again_in_another_paragraph_goes() -> None:
    again = f"{PARAGRAPHS[0]} Nobody was hurt."

    assert remove_repetition([PARAGRAPHS[0], PARAGRAPHS[1], again])[-1] == "Nobody was hurt."


@pytest.mark.parametrize("short", ["He said no.", "Shr 39 cts vs 40 cts", "Yes."])
def test_what_is_short_may_be_said_twice(short: str) -> None:
    paragraphs = [short, PARAGRAPHS[0], short]

    assert remove_repetition(paragraphs) == paragraphs


def test_a_text_that_repeats_itself_repeats_short_sentences_too() -> None:
    paragraphs = ["It rained.", PARAGRAPHS[0], "It rained.", PARAGRAPHS[0]]

    assert remove_repetition(paragraphs) == ["It rained.", PARAGRAPHS[0]]


def test_a_paragraph_that_only_quotes_another_is_no_concatenation() -> None:
    paragraphs = [PARAGRAPHS[1], f"{PARAGRAPHS[2]} {PARAGRAPHS[3]}", PARAGRAPHS[0]]

    assert remove_repetition(paragraphs) == paragraphs
