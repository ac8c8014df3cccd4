"""Fixtures for a live Kafka: one for the session, or one that a test may damage.

If Kafka is not available, tests are skipped; with ``NEWS_REQUIRE_KAFKA=1`` they fail.
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


def skip_without_kafka(error: BrokerError) -> None:
    """Skip the test, or fail it if the environment requires Kafka."""
    if os.environ.get("NEWS_REQUIRE_KAFKA") == "1":
        pytest.fail(f"NEWS_REQUIRE_KAFKA is set, but: {error}", pytrace=False)
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def kafka_cache() -> Path:
    """Return the cache folder with an installed Kafka."""
    cache = default_cache()
    try:
        asyncio.run(ensure_kafka(cache, report=lambda _: None))
    except BrokerError as error:
        skip_without_kafka(error)
    return cache


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Return the session's Kafka, ``host:port``: the one in ``NEWS_BROKER``, or a new one."""
    configured = os.environ.get("NEWS_BROKER")
    if configured:
        yield configured
        return
    request.getfixturevalue("kafka_cache")
    data = tmp_path_factory.mktemp("kafka")
    try:
        # Not the default port, which the user's own broker uses.
        options = BrokerOptions(data=data, port=free_port(), die_with_parent=True)
        running = asyncio.run(start_broker(options))
    except BrokerError as error:
        skip_without_kafka(error)
        raise
    yield running.bootstrap
    asyncio.run(running.stop())


@pytest.fixture
async def broker_options(tmp_path: Path, kafka_cache: Path) -> AsyncIterator[BrokerOptions]:
    """Return options of a new broker; a broker that runs in its folder at the end is stopped."""
    data = tmp_path / "kafka"
    yield BrokerOptions(data=data, cache=kafka_cache, port=free_port(), die_with_parent=True)
    await stop_broker(data)
