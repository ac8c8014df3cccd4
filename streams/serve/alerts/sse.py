"""Server-sent events: every alert after a client's position, once."""

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
"""Alerts that wait for a client; a slower client is served from Kafka again."""

HEARTBEAT_SECONDS: Final = 15.0
"""Time between heartbeats; proxies close idle connections after 60 s (nginx:
proxy_read_timeout).
"""

RETRY_MILLISECONDS: Final = 1000
"""How long a client is asked to wait before it reconnects."""


class AlertBuffer:
    """Alerts that wait for one client.

    Args:
        wants: Returns whether alerts of a search are for this client.
        buffered: Maximum number of waiting alerts.

    Attributes:
        full: Whether the buffer overflowed: the next alerts have to be read from Kafka.
        closed: Whether no more alerts will be added.
    """

    def __init__(self, wants: Callable[[str], bool], *, buffered: int = BUFFERED) -> None:
        self.full = False
        self.closed = False
        self._wants = wants
        self._buffered = buffered
        self._waiting: deque[LoggedAlert] = deque()
        self._added = asyncio.Event()

    def on_alert(self, alert: LoggedAlert) -> None:
        """Add an alert, if the client wants it and there is room."""
        if self.full or not self._wants(alert.search_id):
            return
        if len(self._waiting) >= self._buffered:
            self.full = True
            self._waiting.clear()
        else:
            self._waiting.append(alert)
        self._added.set()

    def close(self) -> None:
        """End the stream of the client."""
        self.closed = True
        self._added.set()

    def clear(self) -> None:
        """Start again with an empty buffer."""
        self._waiting.clear()
        self.full = False

    def next(self) -> LoggedAlert | None:
        """Return the oldest waiting alert; None if there is none."""
        return self._waiting.popleft() if self._waiting else None

    async def wait(self, seconds: float) -> None:
        """Wait until an alert is added, up to a time limit."""
        try:
            await asyncio.wait_for(self._added.wait(), seconds)
        except TimeoutError:
            return
        self._added.clear()


async def alert_events(
    log: AlertLog,
    reader: AlertReader,
    wants: Callable[[str], bool],
    offsets: list[int],
    *,
    allowed: Callable[[], bool],
    buffered: int = BUFFERED,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> AsyncGenerator[bytes, None]:
    """Yield the events of a client from its offsets on, until its token is revoked.

    **Delivery.** The id of an event contains the client's next offset in every partition; a client
    that reconnects with it gets each later alert once. The server stores nothing about clients.

    Args:
        log: Notifies of new alerts.
        reader: Reads older alerts.
        wants: Returns whether alerts of a search are for this client.
        offsets: The client's next offsets; changed in place.
        allowed: Returns whether the client's token is still valid; called repeatedly.
        buffered: Alerts that may wait in memory.
        heartbeat_seconds: Time between heartbeats.

    Raises:
        KafkaUnavailableError: If older alerts cannot be read now; the client reconnects.
    """
    waiting = AlertBuffer(wants, buffered=buffered)
    topic_id = log.topic_id
    yield b"retry: %d\n" % RETRY_MILLISECONDS + _heartbeat(offsets, topic_id)
    with log.listening(waiting):
        while allowed() and not waiting.closed:
            waiting.clear()
            # Nothing is awaited between these two: the buffer gets every alert after the ends.
            ends = list(log.offsets)
            async for event in _missed(log, reader, wants, offsets, ends):
                yield event
            while allowed() and not (waiting.full or waiting.closed):
                alert = waiting.next()
                if alert is not None:
                    offsets[alert.partition] = alert.offset + 1
                    yield alert_event(alert.value, offsets, topic_id=topic_id)
                    continue
                offsets[:] = log.offsets
                yield _heartbeat(offsets, topic_id)
                await waiting.wait(heartbeat_seconds)


async def _missed(
    log: AlertLog,
    reader: AlertReader,
    wants: Callable[[str], bool],
    offsets: list[int],
    ends: list[int],
) -> AsyncGenerator[bytes, None]:
    """Yield the events up to some end offsets, from Kafka, in batches; advances the offsets."""

    def wanted(message: ConsumerRecord) -> bool:
        alert = log.parse_alert(message)
        return alert is not None and wants(alert.search_id)

    topic_id = log.topic_id
    while offsets != ends:
        batch = await reader.between(offsets, ends, wanted)
        if batch.n_gone:
            yield b"event: gone\ndata: %d\n\n" % batch.n_gone
        for message in batch.messages:
            offsets[message.partition] = message.offset + 1
            yield alert_event(message.value, offsets, topic_id=topic_id)
        offsets[:] = batch.offsets


def alert_event(value: bytes, offsets: list[int], *, topic_id: str = "") -> bytes:
    r"""Return an alert as an event; a heartbeat if the value is not an alert.

    References:
        WHATWG HTML, 9.2.6 (interpreting an event stream).

    Examples:
        >>> alert_event(b"{}", [1])
        b': \nid: 1\n\n'
    """
    try:
        data = encode(decode(value, Alert))
    except DecodeError:
        return _heartbeat(offsets, topic_id)
    place = event_id(offsets, topic_id=topic_id).encode()
    return b"id: %s\nevent: alert\ndata: %s\n\n" % (place, data)


def _heartbeat(offsets: list[int], topic_id: str) -> bytes:
    """Return a heartbeat: clients do not treat it as an event, but remember its id."""
    return b": \nid: %s\n\n" % event_id(offsets, topic_id=topic_id).encode()
