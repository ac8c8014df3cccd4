import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tag.article import Tagger
from streams.tag.gazetteer import Gazetteer, Span
from streams.tag.recognize.spans import find_spans, merge_spans, trim_span


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("US Secretary of State Anthony Smith", "p", "Anthony Smith"),
        ("State Secy Smith", "p", "Smith"),
        ("the United Nations", "o", "United Nations"),
        ("Mr. Smith's", "p", "Smith"),
        ("Ukraine's border", "l", "Ukraine"),
        ("for Communications [Malcolm Smith", "p", "Malcolm Smith"),
        ("OSLO - Ferry", "l", "OSLO"),
        ("NEW YORK – Police", "o", "NEW YORK"),
        ("Baden - Baden", "l", "Baden - Baden"),
    ],
)
def test_trim_span_keeps_only_name(text: str, kind: str, name: str) -> None:
    span = trim_span(text, Span(0, len(text), kind))

    assert span is not None
    assert text[span.start : span.end] == name


@given(st.text(), st.integers(0, 20), st.integers(1, 20))
def test_trim_span_stays_inside_text(text: str, start: int, length: int) -> None:
    end = min(len(text), start + length)
    span = trim_span(text, Span(start, end, "p")) if start < end else None

    assert span is None or 0 <= span.start < span.end <= len(text)


def test_merge_spans_prefers_longer_known_name() -> None:
    text = "the New York Times"

    assert merge_spans(text, [Span(4, 12, "l")], [Span(4, 18, "o")]) == [Span(4, 18, "o")]


def test_merge_spans_extends_institution_by_country() -> None:
    text = "The Ukrainian Security Service spoke"

    assert merge_spans(text, [], [Span(4, 13, "n")]) == [Span(4, 30, "o")]


def test_find_spans_finds_names_in_capitals(tagger: Tagger) -> None:
    text = "LONDON (Reuters) - Rain fell."
    spans = find_spans(text, tagger.gazetteer, tagger.recognizer)

    assert [text[s.start : s.end] for s in spans] == ["LONDON", "Reuters"]


def test_find_spans_without_model_uses_first_names() -> None:
    text = "Il ministro Paolo della Rossi ha parlato"

    spans = find_spans(text, Gazetteer([]), None, first_names={"Paolo"})

    assert [text[s.start : s.end] for s in spans] == ["Paolo della Rossi"]
