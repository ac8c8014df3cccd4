"""A queue that serves senders in turn, so that none takes more than its share while others wait.

Self-clocked fair queueing (S. J. Golestani: A self-clocked fair queueing scheme for broadband
applications, INFOCOM 1994): the first item of each waiting flow has a finish tag, which is its cost
more than the virtual time when it became the first. The earliest tag is served, and becomes the
virtual time. A sender with a thousand waiting items delays another one by one item. The sources of
one sender share its turns in the same way, so that inventing sources gains nothing.

Only flows with waiting items have state: memory is linear in the number of waiting items.
"""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final, Generic, TypeVar

from streams.records.sender import RecordSender

T = TypeVar("T")

COST_BYTES: Final = 4096
"""Bytes of a text that take as long as what each record costs: reading, sending, committing. A
wire item in `tag` (this project's estimate; only the proportion between senders depends on it)."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the queue must know about an item.

    Attributes:
        sender: Who sent it.
        key: Items with one key keep their order, of all senders; None for no key.
        n_bytes: Size of the item.
        weight: Share of the sender relative to others, above 0; 1 is normal.
    """

    sender: RecordSender
    key: bytes | None = None
    n_bytes: int = 0
    weight: float = 1.0

    @property
    def cost(self) -> float:
        """Time that the item will take, in items without a text; stages are linear in bytes."""
        return (1 + self.n_bytes / COST_BYTES) / self.weight


@dataclass(slots=True, eq=False)
class _Entry(Generic[T]):
    item: T
    ticket: Ticket
    flow: RecordSender
    is_served: bool = False


class _Turns:
    """Decides which of the waiting flows is next."""

    def __init__(self) -> None:
        self._now = 0.0
        self._n_entered = 0
        self._heap: list[tuple[float, int, Hashable]] = []
        self._entered: set[Hashable] = set()

    def enter(self, flow: Hashable, ticket: Ticket) -> None:
        """Enter a flow by its first item; a flow that is entered already keeps its turn."""
        if flow not in self._entered:
            self._entered.add(flow)
            self._n_entered += 1  # among equals, the first that came
            finish = self._now + ticket.cost
            heappush(self._heap, (finish, self._n_entered, flow))

    def next(self, is_waiting: Callable[[Hashable], bool]) -> Hashable:
        """Remove and return the flow that is next; flows that do not wait any more are dropped."""
        while True:
            finish, _, flow = heappop(self._heap)
            self._entered.remove(flow)
            if is_waiting(flow):
                self._now = finish
                return flow


class FairQueue(Generic[T]):
    """A queue of items of several senders and sources.

    Examples:
        >>> queue: FairQueue[str] = FairQueue()
        >>> for item in ("flood-1", "flood-2", "flood-3", "wire-1"):
        ...     queue.put(item, Ticket(RecordSender(item[:4], "")))
        >>> [queue.take() for _ in range(len(queue))]
        ['flood-1', 'wire-1', 'flood-2', 'flood-3']
    """

    def __init__(self) -> None:
        self._arrived: deque[_Entry[T]] = deque()
        self._senders: _Turns = _Turns()
        self._sources: dict[str, _Turns] = {}
        self._waiting: dict[RecordSender, deque[_Entry[T]]] = {}
        self._n_by_name: dict[str, int] = {}
        self._keys: dict[bytes, tuple[RecordSender, int]] = {}
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def put(self, item: T, ticket: Ticket) -> None:
        """Add an item; behind a waiting one with the same key, in that one's flow."""
        flow = ticket.sender
        if ticket.key is not None:
            flow, n_before = self._keys.get(ticket.key, (flow, 0))
            self._keys[ticket.key] = (flow, n_before + 1)
        entry = _Entry(item, ticket, flow)
        self._arrived.append(entry)
        self._waiting.setdefault(flow, deque()).append(entry)
        self._n_by_name[flow.name] = self._n_by_name.get(flow.name, 0) + 1
        self._n += 1
        self._enter(flow)

    def take(self) -> T:
        """Remove and return the next item.

        Raises:
            IndexError: If the queue is empty.
        """
        name = self._senders.next(self._n_by_name.__contains__)
        flow = self._sources[str(name)].next(self._waiting.__contains__)
        assert isinstance(flow, RecordSender)  # noqa: S101  # only senders enter
        return self._serve(flow)

    def take_oldest(self) -> T:
        """Remove and return the item that waits longest, whosesoever turn it is.

        Raises:
            IndexError: If the queue is empty.
        """
        while self._arrived[0].is_served:
            self._arrived.popleft()
        return self._serve(self._arrived[0].flow)

    def _enter(self, flow: RecordSender) -> None:
        ticket = self._waiting[flow][0].ticket
        self._sources.setdefault(flow.name, _Turns()).enter(flow, ticket)
        self._senders.enter(flow.name, ticket)

    def _serve(self, flow: RecordSender) -> T:
        """Remove the first item of a flow, and enter the flow and its sender again."""
        entry = self._waiting[flow].popleft()
        entry.is_served = True
        while self._arrived and self._arrived[0].is_served:
            self._arrived.popleft()
        self._n -= 1
        self._forget_key(entry)
        self._n_by_name[flow.name] -= 1
        if self._waiting[flow]:
            self._enter(flow)
        else:
            del self._waiting[flow]
            if self._n_by_name[flow.name]:
                self._senders.enter(flow.name, entry.ticket)
        if not self._n_by_name[flow.name]:
            del self._n_by_name[flow.name], self._sources[flow.name]
        return entry.item

    def _forget_key(self, entry: _Entry[T]) -> None:
        if entry.ticket.key is not None:
            flow, n_waiting = self._keys.pop(entry.ticket.key)
            if n_waiting > 1:
                self._keys[entry.ticket.key] = (flow, n_waiting - 1)
