"""Many alerts, a bad receiver, a deliverer that is killed: what came of it, counted."""

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
    """What is done.

    Attributes:
        n_alerts: In all.
        n_subscriptions: That share them.
        kills: How often the deliverer gets kill -9, evenly over the alerts.
        down: How long the receiver is away, after the first half.
        within: How long each step may take.
        seed: Of all that is left to chance.
    """

    n_alerts: int
    n_subscriptions: int
    kills: int
    down: timedelta
    within: timedelta
    seed: int = 1


@dataclass
class Chaos:
    """What came of it.

    Attributes:
        sent: Ids of alerts by subscription, in the order of alerts.v1.
        got: Ids of alerts by subscription, in the order of being accepted.
        messages: Accepted, by the receiver's count of webhook-ids.
        repeats: Messages that came again after they were accepted.
        requests: That reached the receiver.
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
        """Alerts that were never accepted."""
        return sum(len(set(ids) - set(self.got.get(name, ()))) for name, ids in self.sent.items())

    @property
    def twice(self) -> int:
        """Alerts that were accepted more than once."""
        return sum(sum(Counter(ids).values()) - len(set(ids)) for ids in self.got.values())

    @property
    def in_order(self) -> bool:
        """Whether every subscription got its alerts in their order."""
        return all(self.got.get(name) == ids for name, ids in self.sent.items())


@asynccontextmanager
async def deliverer_process(settings: Settings, log: Path | None) -> AsyncIterator[Child]:
    """Run `streams deliver` as a process that is started again when it is killed."""
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
        settings: Of the broker, with the topics alerts.v1 and subscriptions.v1.
        folder: For data, channels and log.
        plan: What is done.
    """
    channels = folder / "channels.toml"
    channels.write_text(PRIVATE)
    settings = settings.model_copy(update={"data": folder, "channels": channels})
    key, found = master_key(settings), Chaos()
    base = ""

    def secret(path: str) -> SecretStr:
        return derived_secret(key, owner="", subscription_id=path[1:], url=f"{base}{path}")

    rng = random.Random(plan.seed)  # noqa: S311  # which requests fail
    async with receiver(secret, fail_share=0.2, hang_up_share=0.1, rng=rng) as place:
        base = place.base
        names = [f"search-{n}" for n in range(plan.n_subscriptions)]
        await _subscribe(settings, names, base)
        async with deliverer_process(settings, folder / "deliver.log") as child:
            await eventually(lambda: child.ready, within=timedelta(seconds=60))
            started = time.monotonic()
            sending = asyncio.ensure_future(_alert(settings, names, plan.n_alerts, found))
            await _disturb(place, child, found, plan)
            await sending
            await eventually(lambda: place.n_alerts >= plan.n_alerts, within=plan.within)
            found.seconds = time.monotonic() - started
            found.memory_mb = _memory_mb(child)
            async with open_ledger(settings) as ledger:

                async def all_ended() -> bool:
                    return await ledger.n_open() == 0

                await eventually(all_ended, within=plan.within)
                found.states = await ledger.counts()
    found.got = {path[1:]: ids for path, ids in place.alerts.items()}
    found.messages = sum(len(ids) for ids in place.taken.values())
    found.repeats, found.requests = place.repeats, place.requests
    return found


async def _subscribe(settings: Settings, names: list[str], base: str) -> None:
    async with producer(settings) as client:
        topic = physical_name(settings, SUBSCRIPTIONS.name)
        for name in names:
            saved = Subscription(
                id=name, query="bridge", channels=(f"{base}/{name}",), max_per_hour=0
            )
            await client.send(topic, encode(saved), key=name.encode())
        await client.flush()


async def _alert(settings: Settings, names: list[str], n_alerts: int, found: Chaos) -> None:
    async with producer(settings) as client:
        topic = physical_name(settings, ALERTS.name)
        for number in range(n_alerts):
            name = names[number % len(names)]
            made = alert(number + 1, name)
            found.sent.setdefault(name, []).append(made.id)
            # Every tenth is on the topic twice, as after a crash of the stage before.
            for _ in range(2 if number % 10 == 0 else 1):
                await client.send(topic, encode(made), key=name.encode())
        await client.flush()


async def _disturb(place: Receiver, child: Child, found: Chaos, plan: Plan) -> None:
    """Kill the deliverer at even parts of the work; take the receiver away in the middle."""
    kills = [((n + 1) / (plan.kills + 1), "kill") for n in range(plan.kills)]
    for share, what in sorted([*kills, (0.55, "down")]):
        part = share * plan.n_alerts
        await eventually(lambda part=part: place.n_alerts >= part, within=plan.within)
        if what == "kill":
            await _kill(place, child, found, plan.within)
        else:
            await place.down()
            await asyncio.sleep(plan.down.total_seconds())
            before, started = place.n_alerts, time.monotonic()
            await place.up()
            await eventually(lambda n=before: place.n_alerts > n, within=plan.within)
            found.back = time.monotonic() - started


async def _kill(place: Receiver, child: Child, found: Chaos, within: timedelta) -> None:
    restarts = child.restarts
    kill(child)
    started = time.monotonic()
    await eventually(lambda: child.restarts > restarts, within=within)
    requests = place.requests
    await eventually(lambda: place.requests > requests, within=within)
    found.recovery.append(time.monotonic() - started)


def _memory_mb(child: Child) -> float:
    assert child.process is not None
    return psutil.Process(child.process.pid).memory_info().rss / 2**20
