"""The whole way in memory, for every test that wants it; what is dear to load is loaded once."""

import pytest

from streams.driver import Driver
from streams.processors.build import build_processor
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Processor
from streams.settings import Settings
from streams.topology import STAGES


@pytest.fixture(scope="session")
def steps() -> dict[str, Processor]:
    """The stages that keep no state, with the shipped rules and knowledge."""
    return {
        stage.name: build_processor(stage, Settings()) for stage in STAGES if stage.name != "dedupe"
    }


@pytest.fixture
def driver(steps: dict[str, Processor]) -> Driver:
    """The whole way, remembering nothing yet."""
    return Driver(steps | {"dedupe": dedupe_processor(empty_memory(Settings()))})
