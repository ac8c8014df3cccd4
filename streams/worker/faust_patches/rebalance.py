"""Do not crash when a rebalance takes a partition meanwhile: a patch of faust-streaming 0.15.3.

Faust's consumer runs in a thread of its own, and its main thread asks it for the end of a
partition for each message (``Consumer.getmany``), and for its state every 30 s
(``verify_event_path``). Between two such questions a rebalance may take the partition: aiokafka
then raises an ``AssertionError``, or has no state and Faust raises an ``AttributeError``, and the
worker ends (1 of 14 starts with three processes a stage, 2026-11). No upstream issue is known.

A partition that is taken has no end, and nothing to verify. The patch can go when
``test_faust_fails_for_lost_partition`` fails.
"""

from collections.abc import Callable
from typing import Any

from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from streams.worker.faust_patches.commit import require_version

LOST = (AssertionError, AttributeError, LookupError, KafkaError)
"""What aiokafka and Faust raise for a partition that is not assigned any more."""


def _highwater(self: Any, tp: Any) -> int | None:
    """Return the offset after the last message of a partition that can be read, if known.

    That is the last stable offset: messages of open transactions come after it.
    """
    consumer = self._consumer
    try:
        stable = consumer.last_stable_offset(tp)
        end: int | None = consumer.highwater(tp) if stable in {None, -1} else stable
    except LOST:
        return None
    return end


def _tolerant(original: Callable[..., None]) -> Callable[..., None]:
    def verify_event_path(self: Any, now: float, tp: Any) -> None:
        try:
            original(self, now, tp)
        except LOST:
            return

    return verify_event_path


def patch_rebalance(installed: str | None = None) -> None:
    """Patch the questions to Faust's consumer; a second call changes nothing.

    Args:
        installed: Version of faust-streaming; defaults to the installed one.

    Raises:
        RuntimeError: If Faust has another version than the one this patch was written for.
    """
    require_version("faust_patches.rebalance", installed)
    thread = AIOKafkaConsumerThread
    if thread.highwater is not _highwater:
        thread.highwater = _highwater
        thread.verify_event_path = _tolerant(thread.verify_event_path)
