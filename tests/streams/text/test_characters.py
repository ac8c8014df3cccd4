"""Repair and normalization of characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.characters import clean_characters, clean_line, without_entities

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_clean_characters_removes_control_characters(text: str) -> None:
    cleaned = clean_characters(text)

    assert {unicodedata.category(c) for c in cleaned if c != "\n"}.isdisjoint({"Cc", "Cs"})


@given(ANY)
def test_clean_characters_returns_encodable_text(text: str) -> None:
    cleaned = clean_characters(text)

    assert cleaned.encode().decode() == cleaned


@given(ANY)
def test_clean_line_returns_one_line(text: str) -> None:
    assert clean_line(text).split("\n") == [clean_line(text)]


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_clean_characters_keeps_ascii(text: str) -> None:
    assert clean_characters(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("naÃ¯ve", "naïve"),
        ("â€œYesâ€\x9d", "“Yes”"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("São Paulo, NÃO, pâté", "São Paulo, NÃO, pâté"),
        ("“curly” ﬁ ＦＵＬＬ", "“curly” ﬁ ＦＵＬＬ"),
        ("e\u0301", "é"),
        ("a\u00a0b\u2009c\u3000d", "a b c d"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark", "softhyphen zerowidth mark"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("REUTER^M\n", "REUTER\n"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("nul\x00 and\x08 others\x1b", "nul and others"),
    ],
)
def test_clean_characters_repairs(text: str, expected: str) -> None:
    assert clean_characters(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R&amp;D", "R&D"),
        ("R&amp;amp;D", "R&D"),
        ("&#8217;&#x2019;", "’’"),
        ("AT&T; S&P 500", "AT&T; S&P 500"),
        ("&nosuch;", "&nosuch;"),
    ],
)
def test_without_entities(text: str, expected: str) -> None:
    assert without_entities(text) == expected
