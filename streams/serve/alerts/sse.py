"""Server-sent events of alerts: where a client stands in, every alert from there on out, once."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from aiokafka import ConsumerRecord

from streams.records import Alert, DecodeError, decode, encode
from streams.serve.alerts.event_id import event_id
from streams.serve.alerts.log import AlertLog, LoggedAlert
from streams.serve.alerts.reader import AlertReader

BUFFERED: Final = 500
"""Alerts that wait for a client; one that is slower is served from Kafka again."""

HEARTBEAT_SECONDS: Final = 15.0
"""Between signs of life; proxies close what is silent for 60 s (nginx: proxy_read_timeout)."""

RETRY_MILLISECONDS: Final = 1000
"""How long a client is asked to wait before it comes again."""


class AlertBuffer:
    """The alerts that wait for one client.

    Attributes:
        full: Whether some did not fit: what comes next has to be read from Kafka.
        closed: Whether no more will come.
    """

    def __init__(self, wants: Callable[[str], bool], *, buffered: int = BUFFERED) -> None:
        """Wait for nothing yet.

        Args:
            wants: Whether alerts of a search are for this client.
            buffered: How many may wait.
        """
        self.full = False
        self.closed = False
        self._wants = wants
        self._buffered = buffered
        self._waiting: deque[LoggedAlert] = deque()
        self._news = asyncio.Event()

    def hear(self, told: LoggedAlert) -> None:
        """Keep an alert for the client, if it wants it and there is room."""
        if self.full or not self._wants(told.search_id):
            return
        if len(self._waiting) >= self._buffered:
            self.full = True
            self._waiting.clear()
        else:
            self._waiting.append(told)
        self._news.set()

    def close(self) -> None:
        """Let the client go."""
        self.closed = True
        self._news.set()

    def begin(self) -> None:
        """Wait from here on, with all the room."""
        self._waiting.clear()
        self.full = False

    def next(self) -> LoggedAlert | None:
        """Give the alert that came first; None if none waits."""
        return self._waiting.popleft() if self._waiting else None

    async def news(self, seconds: float) -> None:
        """Wait until there is something, at most so long."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return
        self._news.clear()


async def alert_events(
    log: AlertLog,
    reader: AlertReader,
    wants: Callable[[str], bool],
    places: list[int],
    *,
    allowed: Callable[[], bool],
    buffered: int = BUFFERED,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncGenerator[bytes, None]:
    """Give the events of a client from where it stands, until it may have no more.

    **Delivery.** The id of an event says where the client stands behind it, in every partition;
    who comes again with it gets each alert behind it, once. Nothing is kept of clients.

    Args:
        log: Tells of new alerts.
        reader: Reads older ones.
        wants: Whether alerts of a search are for this client.
        places: Where it stands; changed.
        allowed: Asked now and then whether its token still holds.
        buffered: Alerts that may wait in memory.
        heartbeat_seconds: Between signs of life.

    Raises:
        KafkaAwayError: If what lies behind cannot be read now; the client comes again.
    """
    waiting = AlertBuffer(wants, buffered=buffered)
    yield b"retry: %d\n" % RETRY_MILLISECONDS + _alive(places)
    with log.listening(waiting):
        while allowed() and not waiting.closed:
            waiting.begin()
            # Nothing is awaited between these two: what comes behind the ends is heard.
            ends = list(log.places)
            async for event in _missed(log, reader, wants, places, ends):
                yield event
            while allowed() and not (waiting.full or waiting.closed):
                told = waiting.next()
                if told is not None:
                    places[told.partition] = told.offset + 1
                    yield alert_event(told.value, places)
                    continue
                places[:] = log.places
                yield _alive(places)
                await waiting.news(heartbeat_seconds)


async def _missed(
    log: AlertLog,
    reader: AlertReader,
    wants: Callable[[str], bool],
    places: list[int],
    ends: list[int],
) -> AsyncGenerator[bytes, None]:
    """Give the events up to some ends, from Kafka, part by part; moves the places there."""

    def wanted(message: ConsumerRecord) -> bool:
        told = log.told(message)
        return told is not None and wants(told.search_id)

    while places != ends:
        part = await reader.between(places, ends, wanted)
        if part.n_gone:
            yield b"event: gone\ndata: %d\n\n" % part.n_gone
        for message in part.messages:
            places[message.partition] = message.offset + 1
            yield alert_event(message.value, places)
        places[:] = part.places


def alert_event(value: bytes, places: list[int]) -> bytes:
    r"""Write an alert as an event; what is no alert after all, as a sign of life.

    References:
        WHATWG HTML, 9.2.6 (interpreting an event stream).

    Examples:
        >>> alert_event(b"{}", [1])
        b': \nid: 1\n\n'
    """
    try:
        data = encode(decode(value, Alert))
    except DecodeError:
        return _alive(places)
    return b"id: %s\nevent: alert\ndata: %s\n\n" % (event_id(places).encode(), data)


def _alive(places: list[int]) -> bytes:
    """Write what no client takes for an event, and what it remembers all the same."""
    return b": \nid: %s\n\n" % event_id(places).encode()
