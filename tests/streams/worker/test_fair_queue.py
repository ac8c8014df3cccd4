"""The fair queue serves senders, and the sources of one sender, in turn."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records.sender import RecordSender
from streams.worker.fair_queue import COST_BYTES, FairQueue, Ticket

NAMES = st.sampled_from(["a", "b", "c"])
TICKETS = st.builds(
    Ticket,
    st.builds(RecordSender, NAMES, NAMES),
    key=st.one_of(st.none(), st.sampled_from([b"1", b"2"])),
    n_bytes=st.integers(0, 100_000),
    weight=st.sampled_from([0.1, 1.0]),
)


def filled(*tickets: Ticket) -> FairQueue[tuple[int, Ticket]]:
    """Return a queue with these tickets, each as an item with its number."""
    queue: FairQueue[tuple[int, Ticket]] = FairQueue()
    for number, ticket in enumerate(tickets):
        queue.put((number, ticket), ticket)
    return queue


def served(queue: FairQueue[tuple[int, Ticket]]) -> list[tuple[int, Ticket]]:
    """Return all items in the order in which they are served."""
    return [queue.take() for _ in range(len(queue))]


def places(queue: FairQueue[tuple[int, Ticket]], name: str) -> list[int]:
    """Return at which places the items of a sender or source are served."""
    order = served(queue)
    return [place for place, (_, ticket) in enumerate(order) if name in ticket.sender]


@given(st.lists(TICKETS, max_size=40), st.lists(st.booleans(), max_size=40))
def test_every_item_is_served_once(tickets: list[Ticket], oldest: list[bool]) -> None:
    queue = filled(*tickets)
    oldest = [*oldest, *[False] * len(tickets)][: len(tickets)]

    order = [queue.take_oldest() if first else queue.take() for first in oldest]

    assert sorted(number for number, _ in order) == list(range(len(tickets)))
    assert len(queue) == 0
    assert (queue._waiting, queue._sources, queue._n_by_name, queue._keys) == ({}, {}, {}, {})


@given(st.lists(TICKETS, max_size=40), st.integers(0, 40))
def test_items_of_one_key_keep_their_order(tickets: list[Ticket], n_first: int) -> None:
    queue = filled(*tickets[:n_first])
    order = [queue.take() for _ in range(min(n_first, len(tickets)) // 2)]
    for number, ticket in enumerate(tickets[n_first:], start=n_first):
        queue.put((number, ticket), ticket)

    order += served(queue)

    for key in (b"1", b"2"):
        numbers = [number for number, ticket in order if ticket.key == key]
        assert all(before < after for before, after in pairwise(numbers))


def test_oldest_item_is_first_in_order_of_arrival() -> None:
    queue = filled(*(Ticket(RecordSender(name, "")) for name in "aaabca"))

    assert [queue.take_oldest()[0] for _ in range(6)] == list(range(6))


def test_flood_delays_another_sender_by_one_item() -> None:
    queue = filled(*[Ticket(RecordSender("flood", "x"))] * 1000, Ticket(RecordSender("wire", "y")))

    assert places(queue, "wire") == [1]


def test_sender_gains_nothing_by_many_sources() -> None:
    flood = [Ticket(RecordSender("flood", f"source-{number}")) for number in range(100)]
    queue = filled(*flood, *[Ticket(RecordSender("wire", "y"))] * 3)

    assert places(queue, "wire") == [1, 3, 5]


def test_sources_of_one_sender_take_turns() -> None:
    flood = [Ticket(RecordSender("token", "flood"))] * 100
    queue = filled(*flood, *[Ticket(RecordSender("token", "wire"))] * 3)

    assert places(queue, "wire") == [1, 3, 5]


def test_large_items_count_by_their_size() -> None:
    pages = [Ticket(RecordSender("pages", ""), n_bytes=9 * COST_BYTES)] * 10
    queue = filled(*pages, *[Ticket(RecordSender("wire", ""))] * 20)

    order = [ticket.sender.name for _, ticket in served(queue)]

    assert order[:22].count("pages") == 2


def test_bad_sender_has_a_tenth_of_the_turns() -> None:
    bad = [Ticket(RecordSender("bad", ""), weight=0.1)] * 10
    queue = filled(*bad, *[Ticket(RecordSender("wire", ""))] * 40)

    order = [ticket.sender.name for _, ticket in served(queue)]

    assert order[:33].count("bad") == 3


def test_new_senders_do_not_starve_a_waiting_one() -> None:
    queue = filled(Ticket(RecordSender("new-0", "")), Ticket(RecordSender("wire", "")))
    order = []
    for number in range(1, 20):
        ticket = Ticket(RecordSender(f"new-{number}", ""))
        queue.put((number, ticket), ticket)
        order.append(queue.take()[1].sender.name)

    assert "wire" in order[:3]


def test_empty_queue_has_no_next_item() -> None:
    with pytest.raises(IndexError):
        FairQueue().take()
