"""`route` in its worker: rules change while it runs, and invalid ones change nothing."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from structlog.typing import EventDict

from streams.errors import BrokerError
from streams.processors.message import Message, OutgoingMessage
from streams.records import Subscription, Topic, encode
from streams.records.topics import ALERTS, ENRICHED, SUBSCRIPTIONS
from streams.route.saved_searches import MAX_ALERTS_OF_OWNER
from streams.settings import Settings
from streams.worker.route_runner import RouteRunner
from tests.support.builders import enriched_article
from tests.support.stored import stored_message
from tests.support.waiting import eventually

BRIDGES = '[[route]]\nname = "bridges"\nwhen = "bridge"\n'
HARBORS = '[[route]]\nname = "harbors"\nwhen = "harbor"\n'
ARTICLE = enriched_article()
MESSAGE = Message(
    topic=ENRICHED.name, partition=0, offset=0, key=ARTICLE.id.encode(), value=encode(ARTICLE)
)


class Broker:
    """A fake broker that records the created topics, or refuses to create any."""

    def __init__(self) -> None:
        self.created: set[str] = set()
        self.unavailable = False
        self.table: asyncio.Queue[tuple[bytes, bytes | None] | Exception] = asyncio.Queue()
        self.stored = [(b"bridges", encode(Subscription(id="bridges", query="bridge")))]
        self.open = asyncio.Event()
        self.open.set()

    async def follow(
        self, _settings: Settings, topic: str, *, caught_up: Callable[[], None]
    ) -> AsyncGenerator[Any, None]:
        """Yield the stored searches, then those that are put into the table."""
        assert topic == SUBSCRIPTIONS.name
        await self.open.wait()
        for key, value in self.stored:
            yield stored_message(SUBSCRIPTIONS.name, key=key, value=value)
        caught_up()
        while True:
            change = await self.table.get()
            if isinstance(change, Exception):
                raise change
            yield stored_message(SUBSCRIPTIONS.name, key=change[0], value=change[1])

    async def create(self, _settings: Settings, topics: Iterable[Topic]) -> None:
        """Create topics, unless the broker is unavailable."""
        if self.unavailable:
            raise BrokerError("broker gone")
        self.created |= {topic.name for topic in topics}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with one rule."""
    path = tmp_path / "routes.toml"
    path.write_text(BRIDGES)
    return path


@pytest.fixture
def broker() -> Broker:
    """Return a broker that is available."""
    return Broker()


@pytest.fixture
async def runner(file: Path, broker: Broker) -> AsyncIterator[RouteRunner]:
    """Return a runner that checks its file all the time."""
    found = RouteRunner(
        Settings(routes=file),
        create=broker.create,
        follow=broker.follow,
        check_interval=timedelta(milliseconds=1),
    )
    await found.ready()
    await found.assigned()
    yield found
    found.stop()


async def routes(runner: RouteRunner) -> list[str]:
    """Return the topics to which the article is sent."""
    return [sent.topic for sent in await sent_by(runner) if sent.topic != ALERTS.name]


async def alerted(runner: RouteRunner) -> list[str]:
    """Return the saved searches that raise an alert for the article."""
    return [
        (sent.key or b"").decode() for sent in await sent_by(runner) if sent.topic == ALERTS.name
    ]


async def sent_by(runner: RouteRunner) -> tuple[OutgoingMessage, ...]:
    """Return all messages that result from the article."""
    return (await (await runner.start(MESSAGE))).messages


async def test_route_runner_routes_by_the_file(runner: RouteRunner) -> None:
    assert await routes(runner) == ["routed.bridges.v1"]
    assert await alerted(runner) == ["bridges"]
    assert (runner.remembered(), runner.figures()) == (1, {"news_alerts_withheld": 0})


async def test_route_runner_waits_for_the_searches(broker: Broker, file: Path) -> None:
    broker.open.clear()
    runner = RouteRunner(Settings(routes=file), create=broker.create, follow=broker.follow)
    ready = asyncio.ensure_future(runner.ready())
    answer = asyncio.ensure_future(alerted(runner))
    done, _ = await asyncio.wait((answer, ready), timeout=0.05)

    broker.open.set()

    assert done == set()
    assert await answer == ["bridges"]
    await ready
    runner.stop()


async def test_route_runner_follows_changed_searches(runner: RouteRunner, broker: Broker) -> None:
    harbors = Subscription(id="harbors", query="harbor")
    broker.table.put_nowait((b"harbors", encode(harbors)))
    await eventually(lambda: runner.remembered() == 2)
    assert await alerted(runner) == ["bridges", "harbors"]

    broker.table.put_nowait((b"bridges", None))
    paused = msgspec.structs.replace(harbors, paused=True)
    broker.table.put_nowait((b"harbors", encode(paused)))
    await eventually(lambda: runner.remembered() == 0)
    assert await alerted(runner) == []


async def test_route_runner_logs_unreadable_search(
    runner: RouteRunner, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.table.put_nowait((b"x", b"{"))
    await eventually(lambda: "record unreadable" in caplog.text)

    assert await alerted(runner) == ["bridges"]


async def test_route_runner_logs_unusable_search(runner: RouteRunner, broker: Broker) -> None:
    with structlog.testing.capture_logs() as logs:
        broker.table.put_nowait((b"x", encode(Subscription(id="x", query="kind:new"))))
        await eventually(lambda: is_logged(logs, "saved search not in force"))

    assert logs[0]["subscription"] == "x"
    assert await alerted(runner) == ["bridges"]


async def test_route_runner_fails_if_following_fails(runner: RouteRunner, broker: Broker) -> None:
    broker.table.put_nowait(BrokerError("broker gone"))
    await eventually(lambda: any(task.done() for task in runner._tasks))

    with pytest.raises(BrokerError):
        await routes(runner)


async def test_route_runner_creates_topics_before_new_rules(
    runner: RouteRunner, broker: Broker, file: Path
) -> None:
    broker.unavailable = True
    rewrite(file, BRIDGES + HARBORS)
    with structlog.testing.capture_logs() as logs:
        await eventually(lambda: is_logged(logs, "rules reload delayed"))
    assert await routes(runner) == ["routed.bridges.v1"]

    broker.unavailable = False

    async def both() -> bool:
        return await routes(runner) == ["routed.bridges.v1", "routed.harbors.v1"]

    await eventually(both)
    assert broker.created == {"routed.bridges.v1", "routed.harbors.v1"}


async def test_route_runner_keeps_rules_if_new_ones_fail(runner: RouteRunner, file: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        rewrite(file, HARBORS + HARBORS)
        await eventually(lambda: is_logged(logs, "configuration not reloaded"))

    assert await routes(runner) == ["routed.bridges.v1"]
    assert "a second route 'harbors'" in logs[0]["problem"]
    assert runner.problem() == logs[0]["problem"]


async def test_route_runner_fails_if_watching_fails(file: Path) -> None:
    async def broken(_settings: Settings, _topics: Iterable[Topic]) -> None:
        raise ZeroDivisionError

    runner = RouteRunner(
        Settings(routes=file), create=broken, follow=Broker().follow, check_interval=timedelta(0)
    )
    await runner.ready()
    rewrite(file, HARBORS)

    await eventually(lambda: any(task.done() for task in runner._tasks))

    with pytest.raises(ZeroDivisionError):
        await routes(runner)


def rewrite(file: Path, text: str) -> None:
    """Write the file of rules."""
    file.write_text(text)


def is_logged(logs: list[EventDict], event: str) -> bool:
    """Return whether the event was logged."""
    return any(entry["event"] == event for entry in logs)


async def test_withheld_alerts_are_named_in_log_once_and_counted(
    runner: RouteRunner, broker: Broker
) -> None:
    n_searches = MAX_ALERTS_OF_OWNER + 5
    for number in range(n_searches):
        saved = Subscription(id=f"s{number}", query=f"bridge or x{number}", owner="flooder")
        broker.table.put_nowait((saved.id.encode(), encode(saved)))
    await eventually(lambda: runner.remembered() == n_searches + 1)

    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            await sent_by(runner)

    (event,) = [event for event in logs if event["event"] == "alerts withheld"]
    assert (event["owner"], event["alerts"]) == ("flooder", 5)
    assert runner.figures() == {"news_alerts_withheld": 15}
