"""Readings of a text: with and without signs within words, umlauts as one or two letters."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.route.query.normalize import compounds, fold_text, normalized_words
from streams.route.query.readings import (
    altered_words,
    reading_spans,
    word_readings,
    written_word,
)
from tests.support.strategies import TEXT

ODD = st.text(st.sampled_from("aßéÉ\u0301 ﬁ日橋の한국\u1100\u1161.'-½ª¨üÖ1,000\u200cمیน้ำ\u00a0\""))
"""Characters that are folded together, that become several, or that join words."""


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("E-mail", "email"),
        ("COVID‑19", "Covid19"),
        ("U.S.", "US"),
        ("McDonald’s", "McDonalds"),
        ("1,000", "1000"),
        ("1.000.000", "1000000"),
        ("12,34,567", "1234567"),
        ("1\u202f000", "1000"),
        ("1’000", "1000"),
        ("München", "Muenchen"),
        ("Mu\u0308nchen", "MUENCHEN"),
        ("Århus", "Aarhus"),
        ("Møller", "Moeller"),
        ("Müller-Lüdenscheidt", "Muellerluedenscheidt"),
        ("צה״ל", "צהל"),
        ("می\u200cخواهم", "میخواهم"),
        ("col·legi", "collegi"),
    ],
)
def test_two_spellings_share_a_reading(text: str, other: str) -> None:
    assert set(word_readings(text)) & set(word_readings(other))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("2-1", "21"),
        ("3.5", "35"),
        ("0.125", "0125"),
        ("May 2019 100 people", "May 2019100 people"),
        ("toe", "to"),
        ("Manuel", "Manul"),
        ("us", "u s"),
        ("resume", "re sume"),
    ],
)
def test_other_words_share_no_reading(text: str, other: str) -> None:
    assert not set(word_readings(text)) & set(word_readings(other))


@given(st.one_of(TEXT, ODD))
@example("a\u0301b ½ ﬁn 한국 日本")
def test_reading_spans_are_readings_with_positions(text: str) -> None:
    spans = reading_spans(text)

    assert tuple(tuple(word for word, _, _ in reading) for reading in spans) == word_readings(text)
    assert all(0 <= start < end <= len(text) for reading in spans for _, start, end in reading)


@given(st.one_of(TEXT, ODD))
def test_first_reading_is_that_of_names(text: str) -> None:
    assert word_readings(text)[0] == tuple(normalized_words(text))


@given(st.lists(st.one_of(ODD, TEXT), max_size=4).map(" ".join))
def test_altered_words_are_those_of_other_readings(text: str) -> None:
    first, *others = word_readings(text)
    words = {word for reading in others for word in reading}

    assert words - set(first) <= altered_words(compounds(fold_text(text))) <= words | set(first)


def test_written_word_keeps_case_and_accents() -> None:
    assert [written_word(word) for word in ("U.S", "Café", "ﬁn", "in\u00adfo")] == [
        "US",
        "Café",
        "fin",
        "info",
    ]
