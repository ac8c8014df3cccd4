import pytest

from streams.tag.gazetteer import Span
from streams.tag.recognize.crf import labeled_spans
from streams.tag.recognize.tokens import tokens


@pytest.mark.parametrize(
    ("labels", "spans"),
    [
        (["B-PER", "I-PER", "O"], [Span(0, 3, "p")]),
        (["I-PER", "I-ORG", "O"], [Span(0, 1, "p"), Span(2, 3, "o")]),
        (["B-LOC", "B-LOC", "O"], [Span(0, 1, "l"), Span(2, 3, "l")]),
        (["O", "O", "O"], []),
    ],
)
def test_labeled_spans_join_labels(labels: list[str], spans: list[Span]) -> None:
    assert labeled_spans(tokens("a b c"), labels) == spans
