"""`route` in its worker: rules change while it runs, and wrong ones change nothing."""

from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from structlog.typing import EventDict

from schemas import Topic, encode
from schemas.topics import ENRICHED
from streams.errors import BrokerError
from streams.settings import Settings
from streams.steps.message import Message
from streams.wiring.route_runner import RouteRunner
from tests.support.builders import enriched_article
from tests.support.waiting import eventually

BRIDGES = '[[route]]\nname = "bridges"\nwhen = "bridge"\n'
HARBORS = '[[route]]\nname = "harbors"\nwhen = "harbor"\n'
ARTICLE = enriched_article()
MESSAGE = Message(
    topic=ENRICHED.name, partition=0, offset=0, key=ARTICLE.id.encode(), value=encode(ARTICLE)
)


class Broker:
    """Notes which topics are created; or refuses to."""

    def __init__(self) -> None:
        """Be there."""
        self.created: set[str] = set()
        self.away = False

    async def create(self, _settings: Settings, topics: Iterable[Topic]) -> None:
        """Create topics."""
        if self.away:
            raise BrokerError("broker gone")
        self.created |= {topic.name for topic in topics}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of one rule."""
    path = tmp_path / "routes.toml"
    path.write_text(BRIDGES)
    return path


@pytest.fixture
def broker() -> Broker:
    """A broker that is there."""
    return Broker()


@pytest.fixture
async def runner(file: Path, broker: Broker) -> AsyncIterator[RouteRunner]:
    """A runner that looks at its file all the time."""
    found = RouteRunner(
        Settings(routes=file), create=broker.create, look_every=timedelta(milliseconds=1)
    )
    await found.ready()
    await found.assigned()
    yield found
    found.stop()


async def routes(runner: RouteRunner) -> list[str]:
    """The topics that the article goes to."""
    return [sent.topic for sent in (await (await runner.start(MESSAGE))).sendings]


async def test_route_runner_routes_by_the_file(runner: RouteRunner) -> None:
    assert await routes(runner) == ["routed.bridges.v1"]
    assert runner.remembered() == 0


async def test_route_runner_takes_over_changed_rules_once_their_topics_are_there(
    runner: RouteRunner, broker: Broker, file: Path
) -> None:
    broker.away = True
    rewrite(file, BRIDGES + HARBORS)
    with structlog.testing.capture_logs() as logs:
        await eventually(lambda: said(logs, "rules not taken over yet"))
    assert await routes(runner) == ["routed.bridges.v1"]

    broker.away = False

    async def both() -> bool:
        return await routes(runner) == ["routed.bridges.v1", "routed.harbors.v1"]

    await eventually(both)
    assert broker.created == {"routed.bridges.v1", "routed.harbors.v1"}


async def test_route_runner_keeps_the_rules_when_the_new_ones_cannot_be_used_and_says_so(
    runner: RouteRunner, file: Path
) -> None:
    with structlog.testing.capture_logs() as logs:
        rewrite(file, HARBORS + HARBORS)
        await eventually(lambda: said(logs, "rules not taken over; the former ones stay in force"))

    assert await routes(runner) == ["routed.bridges.v1"]
    assert "a second route 'harbors'" in logs[0]["problem"]


async def test_route_runner_fails_when_nobody_watches_any_more(file: Path) -> None:
    async def broken(_settings: Settings, _topics: Iterable[Topic]) -> None:
        raise ZeroDivisionError

    runner = RouteRunner(Settings(routes=file), create=broken, look_every=timedelta(0))
    await runner.ready()
    rewrite(file, HARBORS)

    await eventually(lambda: runner._watching is not None and runner._watching.done())

    with pytest.raises(ZeroDivisionError):
        await routes(runner)


def rewrite(file: Path, text: str) -> None:
    """Change the file of rules."""
    file.write_text(text)


def said(logs: list[EventDict], event: str) -> bool:
    """Whether something was logged."""
    return any(entry["event"] == event for entry in logs)
