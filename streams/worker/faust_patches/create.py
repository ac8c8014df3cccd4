"""Configure Faust's consumer as Faust's settings cannot: a patch of faust-streaming 0.15.3.

Faust reads committed records only with ``processing_guarantee="exactly_once"``, which loses
records (``docs/decisions.md``), and always shares partitions by aiokafka's assignor. Neither has a
setting. The patch changes the consumer that Faust has created and not started yet. When it has
started, its positions are bound to the topics (`streams.kafka.bound_positions`).

The patch can go when ``test_faust_reads_uncommitted_records`` fails and Faust has a setting for the
assignor.
"""

from collections.abc import Callable
from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from streams.kafka.bound_positions import bind_positions
from streams.kafka.connection import READ_COMMITTED
from streams.worker.faust_patches.commit import require_version


def _configured(original: Callable[..., Any]) -> Callable[..., Any]:
    def _create_worker_consumer(self: Any, transport: Any) -> Any:
        consumer = original(self, transport)
        consumer._isolation_level = READ_COMMITTED  # noqa: SLF001  # used when it starts
        assignor = getattr(self.app, "news_assignor", None)
        if assignor is not None:
            consumer._partition_assignment_strategy = (assignor,)  # noqa: SLF001  # the same
        start = consumer.start

        async def start_bound() -> None:
            await start()
            bind_positions(consumer)

        consumer.start = start_bound
        return consumer

    return _create_worker_consumer


def patch_create(installed: str | None = None) -> None:
    """Patch the creation of Faust's consumer; a second call changes nothing.

    Args:
        installed: Version of faust-streaming; defaults to the installed one.

    Raises:
        RuntimeError: If Faust has another version than the one this patch was written for.
    """
    require_version("faust_patches.create", installed)
    thread = AIOKafkaConsumerThread
    if not hasattr(thread, "_news_original_create"):
        thread._news_original_create = thread._create_worker_consumer  # noqa: SLF001
        thread._create_worker_consumer = _configured(thread._news_original_create)  # noqa: SLF001
