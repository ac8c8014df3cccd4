import itertools

from hypothesis import given
from hypothesis import strategies as st

from streams.tag.gazetteer import Gazetteer, Span, without_overlap

SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda pair: Span(pair[0], sum(pair)))
)


def test_gazetteer_finds_shorter_name_at_word_boundary() -> None:
    gazetteer = Gazetteer(["New York", "New York Time"])

    assert gazetteer.spans("the New York Times") == [Span(4, 12)]


def test_gazetteer_matches_typographic_apostrophe() -> None:
    assert Gazetteer(["Côte d'Ivoire"]).spans("in Côte d’Ivoire") == [Span(3, 16)]


def test_gazetteer_without_patterns_finds_nothing() -> None:
    assert Gazetteer([]).spans("New York") == []


@given(SPANS)
def test_without_overlap_returns_ordered_disjoint_spans(spans: list[Span]) -> None:
    kept = without_overlap(spans)

    assert all(a.end <= b.start for a, b in itertools.pairwise(kept))
