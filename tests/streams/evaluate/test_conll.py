from streams.evaluate.conll import read_conll, tagged_spans
from streams.tag.gazetteer import Span


def test_read_conll_ignores_blank_lines_and_other_columns() -> None:
    text = "\nRome\tNNP\tB-LOC\r\n\n\n\nIt\tPRP\tO"

    assert list(read_conll(text)) == [(["Rome"], ["B-LOC"]), (["It"], ["O"])]


def test_tagged_spans_begin_at_inside_tag_of_other_type() -> None:
    assert tagged_spans(["B-PER", "I-ORG"]) == [Span(0, 1, "PER"), Span(1, 2, "ORG")]
