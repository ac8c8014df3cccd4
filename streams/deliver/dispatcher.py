"""All lanes of one deliverer: started when there is something in them, woken, stopped in time."""

import asyncio
from collections.abc import Iterable

from streams.deliver.delivery_queue import DeliveryContext, DeliveryQueue
from streams.deliver.ledger.delivery import QueueKey


class Dispatcher:
    """Runs a lane as long as something is in it.

    Attributes:
        broken: Done with an exception when a lane ended by one: the process cannot go on.
    """

    def __init__(self, around: DeliveryContext) -> None:
        """Start with none."""
        self._around = around
        self._running: dict[QueueKey, tuple[DeliveryQueue, asyncio.Task[None]]] = {}
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def __len__(self) -> int:
        return len(self._running)

    def wake(self, lanes: Iterable[QueueKey]) -> None:
        """Let these lanes look at the ledger."""
        for lane in lanes:
            known = self._running.get(lane)
            if known is not None:
                known[0].wake()
            else:
                runner = DeliveryQueue(lane, self._around)
                self._running[lane] = runner, asyncio.create_task(self._run(lane, runner))

    def wake_idle(self, lanes: Iterable[QueueKey]) -> None:
        """Let those of these lanes look that are not running: somebody has put something in."""
        self.wake(lane for lane in lanes if lane not in self._running)

    def wake_all(self) -> None:
        """Let all running lanes look: something changed that concerns all."""
        for runner, _ in self._running.values():
            runner.wake()

    def wake_those_of(self, subscription_ids: Iterable[str]) -> None:
        """Let the lanes of some subscriptions look: they changed."""
        ids = set(subscription_ids)
        for lane, (runner, _) in self._running.items():
            if lane.subscription_id in ids:
                runner.wake()

    def break_by(self, error: Exception) -> None:
        """Say that the process cannot go on."""
        if not self.broken.done():
            self.broken.set_exception(error)

    async def stop(self, *, within_seconds: float) -> None:
        """Let what is being sent come to its end, for so long; whatever is not comes again."""
        tasks = [task for _, task in self._running.values()]
        for runner, _ in self._running.values():
            runner.stop()
        if tasks:
            await asyncio.wait(tasks, timeout=within_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running.clear()

    async def _run(self, lane: QueueKey, runner: DeliveryQueue) -> None:
        try:
            await runner.run()
        except Exception as error:  # noqa: BLE001  # whatever it was, the deliverer ends by it
            self.break_by(error)
        finally:
            known = self._running.get(lane)
            if known is not None and known[0] is runner:
                del self._running[lane]
