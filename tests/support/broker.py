"""Fixtures for a live Kafka: one for the session, or one that a test treats badly.

Where none can be had, tests are skipped; with ``NEWS_REQUIRE_KAFKA=1`` they fail.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from streams.broker import BrokerOptions, start_broker, stop_broker
from streams.broker.install.prepare import ensure_kafka
from streams.broker.options import default_cache
from streams.errors import BrokerError
from streams.runtime.ports import free_port


def no_kafka(error: BrokerError) -> None:
    """Skip or fail, as the environment says."""
    if os.environ.get("NEWS_REQUIRE_KAFKA") == "1":
        pytest.fail(f"NEWS_REQUIRE_KAFKA is set, but: {error}", pytrace=False)
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def kafka_cache() -> Path:
    """The folder in which Kafka is ready to be started."""
    cache = default_cache()
    try:
        asyncio.run(ensure_kafka(cache, report=lambda _: None))
    except BrokerError as error:
        no_kafka(error)
    return cache


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The session's Kafka, ``host:port``: the one in ``NEWS_BROKER``, or one of its own."""
    given = os.environ.get("NEWS_BROKER")
    if given:
        yield given
        return
    request.getfixturevalue("kafka_cache")
    data = tmp_path_factory.mktemp("kafka")
    try:
        # Not the default port: that is where the user's own broker is, or soon will be.
        options = BrokerOptions(data=data, port=free_port(), die_with_parent=True)
        running = asyncio.run(start_broker(options))
    except BrokerError as error:
        no_kafka(error)
        raise
    yield running.bootstrap
    asyncio.run(running.stop())


@pytest.fixture
async def broker_options(tmp_path: Path, kafka_cache: Path) -> AsyncIterator[BrokerOptions]:
    """How to start a broker of one's own; whatever runs in its folder at the end is stopped."""
    data = tmp_path / "kafka"
    yield BrokerOptions(data=data, cache=kafka_cache, port=free_port(), die_with_parent=True)
    await stop_broker(data)
