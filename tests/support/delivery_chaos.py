"""Deliver many alerts to a failing receiver with a killed deliverer, and count the results."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil
from pydantic import SecretStr

from streams.deliver.channels.signing import derived_secret, master_key
from streams.deliver.ledger.delivery import DeliveryState
from streams.deliver.ledger.open import open_ledger
from streams.kafka.connection import physical_name, producer
from streams.records import Subscription, encode
from streams.records.topics import ALERTS, SUBSCRIPTIONS
from streams.settings import Settings
from streams.supervisor.supervisor import Child, Supervisor
from tests.support.deliver import alert
from tests.support.pipeline import kill
from tests.support.receiver import Receiver, receiver
from tests.support.waiting import eventually

PRIVATE = 'allow_private_hosts = ["127.0.0.1"]\n'


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The load and the failures of a run.

    Attributes:
        n_alerts: Total number of alerts.
        n_subscriptions: Number of saved searches that share them.
        kills: Number of kill -9 of the deliverer, evenly over the alerts.
        down: How long the receiver is down, after the first half.
        within: Time limit of each wait.
        seed: Seed of all random choices.
    """

    n_alerts: int
    n_subscriptions: int
    kills: int
    down: timedelta
    within: timedelta
    seed: int = 1


@dataclass
class Chaos:
    """The results of a run.

    Attributes:
        sent: Ids of alerts by saved search, in the order of alerts.v1.
        got: Ids of alerts by saved search, in the order of acceptance.
        messages: Number of accepted webhook-ids.
        repeats: Number of messages received again after acceptance.
        requests: Number of requests that reached the receiver.
        seconds: From the first alert on the topic to the last one accepted.
        recovery: Seconds from each kill to the next request of the successor.
        back: Seconds from the receiver's return to the first message that it accepted.
        states: Rows of the ledger at the end.
        memory_mb: Resident size of the deliverer at the end.
    """

    sent: dict[str, list[str]] = field(default_factory=dict)
    got: dict[str, list[str]] = field(default_factory=dict)
    messages: int = 0
    repeats: int = 0
    requests: int = 0
    seconds: float = 0.0
    recovery: list[float] = field(default_factory=list)
    back: float = 0.0
    states: dict[DeliveryState, int] = field(default_factory=dict)
    memory_mb: float = 0.0

    @property
    def lost(self) -> int:
        """Number of alerts that were never accepted."""
        return sum(len(set(ids) - set(self.got.get(name, ()))) for name, ids in self.sent.items())

    @property
    def twice(self) -> int:
        """Number of alerts that were accepted more than once."""
        return sum(sum(Counter(ids).values()) - len(set(ids)) for ids in self.got.values())

    @property
    def in_order(self) -> bool:
        """Whether every saved search got its alerts in order."""
        return all(self.got.get(name) == ids for name, ids in self.sent.items())


@asynccontextmanager
async def deliverer_process(settings: Settings, log: Path | None) -> AsyncIterator[Child]:
    """Run `streams deliver` as a process that is restarted when it is killed."""
    child = Child("deliver-1", ("deliver", "--instance", "1"), log)
    supervisor = Supervisor([child], settings.environment())
    running = asyncio.ensure_future(supervisor.run())
    try:
        yield child
    finally:
        supervisor.stop()
        await running


async def chaos(settings: Settings, folder: Path, plan: Plan) -> Chaos:
    """Deliver alerts to a receiver that fails, hangs up and is down for a while.

    Args:
        settings: Settings with a broker and the topics alerts.v1 and subscriptions.v1.
        folder: Folder of data, channels and log.
        plan: The load and the failures.
    """
    channels = folder / "channels.toml"
    channels.write_text(PRIVATE)
    settings = settings.model_copy(update={"data": folder, "channels": channels})
    key, result = master_key(settings), Chaos()
    base = ""

    def secret(path: str) -> SecretStr:
        return derived_secret(key, owner="", subscription_id=path[1:], url=f"{base}{path}")

    rng = random.Random(plan.seed)  # noqa: S311  # which requests fail
    async with receiver(secret, fail_share=0.2, hang_up_share=0.1, rng=rng) as target:
        base = target.base
        names = [f"search-{n}" for n in range(plan.n_subscriptions)]
        await _subscribe(settings, names, base)
        async with deliverer_process(settings, folder / "deliver.log") as child:
            await eventually(lambda: child.ready, within=timedelta(seconds=60))
            started = time.monotonic()
            sending = asyncio.ensure_future(_alert(settings, names, plan.n_alerts, result))
            await _disturb(target, child, result, plan)
            await sending
            await eventually(lambda: target.n_alerts >= plan.n_alerts, within=plan.within)
            result.seconds = time.monotonic() - started
            result.memory_mb = _memory_mb(child)
            async with open_ledger(settings) as ledger:

                async def all_ended() -> bool:
                    return await ledger.n_open() == 0

                await eventually(all_ended, within=plan.within)
                result.states = await ledger.counts()
    result.got = {path[1:]: ids for path, ids in target.alerts.items()}
    result.messages = sum(len(ids) for ids in target.taken.values())
    result.repeats, result.requests = target.repeats, target.requests
    return result


async def _subscribe(settings: Settings, names: list[str], base: str) -> None:
    async with producer(settings) as client:
        topic = physical_name(settings, SUBSCRIPTIONS.name)
        for name in names:
            saved = Subscription(
                id=name, query="bridge", channels=(f"{base}/{name}",), max_per_hour=0
            )
            await client.send(topic, encode(saved), key=name.encode())
        await client.flush()


async def _alert(settings: Settings, names: list[str], n_alerts: int, result: Chaos) -> None:
    async with producer(settings) as client:
        topic = physical_name(settings, ALERTS.name)
        for number in range(n_alerts):
            name = names[number % len(names)]
            made = alert(number + 1, name)
            result.sent.setdefault(name, []).append(made.id)
            # Every tenth is on the topic twice, as after a crash of the stage before.
            for _ in range(2 if number % 10 == 0 else 1):
                await client.send(topic, encode(made), key=name.encode())
        await client.flush()


async def _disturb(target: Receiver, child: Child, result: Chaos, plan: Plan) -> None:
    """Kill the deliverer at even parts of the work; stop the receiver for a while in the middle."""
    kills = [((n + 1) / (plan.kills + 1), "kill") for n in range(plan.kills)]
    for share, event in sorted([*kills, (0.55, "down")]):
        n_reached = share * plan.n_alerts
        await eventually(lambda n=n_reached: target.n_alerts >= n, within=plan.within)
        if event == "kill":
            await _kill(target, child, result, plan.within)
        else:
            await target.down()
            await asyncio.sleep(plan.down.total_seconds())
            before, started = target.n_alerts, time.monotonic()
            await target.up()
            await eventually(lambda n=before: target.n_alerts > n, within=plan.within)
            result.back = time.monotonic() - started


async def _kill(target: Receiver, child: Child, result: Chaos, within: timedelta) -> None:
    restarts = child.restarts
    kill(child)
    started = time.monotonic()
    await eventually(lambda: child.restarts > restarts, within=within)
    requests = target.requests
    await eventually(lambda: target.requests > requests, within=within)
    result.recovery.append(time.monotonic() - started)


def _memory_mb(child: Child) -> float:
    assert child.process is not None
    return psutil.Process(child.process.pid).memory_info().rss / 2**20
