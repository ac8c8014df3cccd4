from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.redelivery import RedeliveryFilter

HANDLED = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc"), st.sampled_from("xyz")))


@given(HANDLED)
def test_redelivery_filter_remembers_handled_articles(handled: list[tuple[int, str, str]]) -> None:
    repeats = RedeliveryFilter()
    for each in handled:
        repeats.add(*each)

    everything = [(p, o, a) for p in (0, 1) for o in "abc" for a in "xyz"]
    assert [each for each in everything if repeats.seen(*each)] == sorted(set(handled))


def test_redelivery_filter_forgets_oldest_per_partition() -> None:
    repeats = RedeliveryFilter(limit=2)
    repeats.add(1, "other", "a")
    for origin in ("first", "second", "third"):
        repeats.add(0, origin, "a")

    assert [repeats.seen(0, origin, "a") for origin in ("first", "second", "third")] == [
        False,
        True,
        True,
    ]
    assert repeats.seen(1, "other", "a")
