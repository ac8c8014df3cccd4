"""Shares of the backlog: who has more than its share waits, who has less never does."""

from hypothesis import given
from hypothesis import strategies as st

from streams.serve.push.backlog import UNIT_BYTES, FairBacklog

NAMES = st.sampled_from(["a", "b", "c"])


def flooded(n_records: int = 100, source: str = "wire") -> FairBacklog:
    """Return a backlog of at most 100 records with the records of one sender."""
    backlog = FairBacklog(limit=100)
    backlog.note("flood", {source: n_records}, n_bytes=0)
    return backlog


def test_everybody_may_send_below_the_limit() -> None:
    assert flooded(99).may_send("flood", ["wire"])


def test_flood_waits_and_a_quiet_sender_does_not() -> None:
    backlog = flooded()

    assert (backlog.may_send("flood", ["wire"]), backlog.may_send("quiet", ["wire"])) == (
        False,
        True,
    )


def test_quiet_source_of_a_flooding_token_may_send() -> None:
    backlog = flooded()

    assert backlog.may_send("flood", ["desk"])
    assert not backlog.may_send("flood", ["desk", "wire"])


def test_invented_sources_do_not_lift_the_share() -> None:
    backlog = flooded(0)
    n_sent = 0
    while backlog.may_send("flood", [f"source-{n_sent}"]):
        backlog.note("flood", {f"source-{n_sent}": 1}, n_bytes=0)
        n_sent += 1

    assert n_sent <= 150


def test_large_articles_count_by_their_size() -> None:
    backlog = FairBacklog(limit=100)
    backlog.note("pages", {"pages": 10}, n_bytes=100 * UNIT_BYTES)

    assert not backlog.may_send("pages", ["pages"])


def test_backlog_of_others_lets_a_quiet_token_send() -> None:
    backlog = FairBacklog(limit=100)
    backlog.observe(10_000)

    assert backlog.may_send("quiet", ["desk"])


def test_done_records_make_room() -> None:
    backlog = flooded()
    backlog.note("flood", {"wire": 5}, n_bytes=0)

    backlog.observe(5)

    assert backlog.may_send("flood", ["wire"])


def test_done_part_of_a_push_makes_room() -> None:
    backlog = flooded(1_000)

    backlog.observe(150)
    still = backlog.may_send("flood", ["wire"])
    backlog.observe(40)

    assert (still, backlog.may_send("flood", ["wire"])) == (False, True)


@given(
    st.lists(
        st.one_of(
            st.integers(0, 300),
            st.tuples(NAMES, st.dictionaries(NAMES, st.integers(1, 60), min_size=1)),
        )
    )
)
def test_backlog_forgets_what_is_done(actions: list[int | tuple[str, dict[str, int]]]) -> None:
    backlog = FairBacklog(limit=100)
    for action in actions:
        if isinstance(action, int):
            backlog.observe(action)
        else:
            backlog.note(action[0], action[1], n_bytes=0)

    backlog.observe(0)

    assert (backlog._by_sender, backlog._by_source, backlog._n_units) == ({}, {}, 0)
