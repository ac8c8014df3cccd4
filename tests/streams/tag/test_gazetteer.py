import itertools

from hypothesis import given
from hypothesis import strategies as st

from streams.tag.gazetteer import Gazetteer, Span, without_overlap

SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda pair: Span(pair[0], sum(pair)))
)


def test_a_shorter_name_is_found_when_the_longer_is_cut_off_inside_a_word() -> None:
    gazetteer = Gazetteer(["New York", "New York Time"])

    assert gazetteer.spans("the New York Times") == [Span(4, 12)]


def test_a_typographic_apostrophe_matches() -> None:
    assert Gazetteer(["Côte d'Ivoire"]).spans("in Côte d’Ivoire") == [Span(3, 16)]


def test_no_patterns_find_nothing() -> None:
    assert Gazetteer([]).spans("New York") == []


@given(SPANS)
def test_what_is_kept_is_in_order_and_without_overlap(spans: list[Span]) -> None:
    kept = without_overlap(spans)

    assert all(a.end <= b.start for a, b in itertools.pairwise(kept))
