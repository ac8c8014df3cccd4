"""Run the delivery queues of one deliverer: start, wake and stop them."""

import asyncio
from collections.abc import Iterable

from streams.deliver.delivery_queue import DeliveryContext, DeliveryQueue
from streams.deliver.ledger.delivery import QueueKey


class Dispatcher:
    """Runs a delivery queue as long as it has deliveries.

    Args:
        context: Objects shared by all queues.

    Attributes:
        failed: Done with an exception when a queue failed: the process cannot continue.
    """

    def __init__(self, context: DeliveryContext) -> None:
        self._context = context
        self._running: dict[QueueKey, tuple[DeliveryQueue, asyncio.Task[None]]] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __len__(self) -> int:
        return len(self._running)

    def wake(self, keys: Iterable[QueueKey]) -> None:
        """Make these queues check the ledger; start those that are not running."""
        for key in keys:
            running = self._running.get(key)
            if running is not None:
                running[0].wake()
            else:
                queue = DeliveryQueue(key, self._context)
                self._running[key] = queue, asyncio.create_task(self._run(key, queue))

    def wake_idle(self, keys: Iterable[QueueKey]) -> None:
        """Start those of these queues that are not running: someone else added deliveries."""
        self.wake(key for key in keys if key not in self._running)

    def wake_all(self) -> None:
        """Wake all running queues: something changed that concerns all."""
        for queue, _ in self._running.values():
            queue.wake()

    def wake_subscriptions(self, subscription_ids: Iterable[str]) -> None:
        """Wake the queues of some saved searches: they changed."""
        ids = set(subscription_ids)
        for key, (queue, _) in self._running.items():
            if key.subscription_id in ids:
                queue.wake()

    def fail(self, error: Exception) -> None:
        """Report that the process cannot continue."""
        if not self.failed.done():
            self.failed.set_exception(error)

    async def stop(self, *, within_seconds: float) -> None:
        """Drain: wait for in-flight sends, for a limited time; unfinished ones are sent again."""
        tasks = [task for _, task in self._running.values()]
        for queue, _ in self._running.values():
            queue.stop()
        if tasks:
            await asyncio.wait(tasks, timeout=within_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running.clear()

    async def _run(self, key: QueueKey, queue: DeliveryQueue) -> None:
        try:
            await queue.run()
        except Exception as error:  # noqa: BLE001  # any failure ends the deliverer
            self.fail(error)
        finally:
            running = self._running.get(key)
            if running is not None and running[0] is queue:
                del self._running[key]
