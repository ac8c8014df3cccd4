"""The whole way in memory, for every test that wants it; what is dear to load is loaded once."""

import pytest

from streams.driver import Driver
from streams.processors.build import build_step
from streams.processors.dedupe import dedupe_step, empty_memories
from streams.processors.message import Step
from streams.settings import Settings


@pytest.fixture(scope="session")
def steps() -> dict[str, Step]:
    """The stages that keep no state, with the shipped rules and knowledge."""
    return {name: build_step(name, Settings()) for name in ("clean", "tag", "route")}


@pytest.fixture
def driver(steps: dict[str, Step]) -> Driver:
    """The whole way, remembering nothing yet."""
    return Driver(steps | {"dedupe": dedupe_step(empty_memories(Settings()))})
