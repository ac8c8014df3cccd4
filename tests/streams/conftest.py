"""The pipeline in memory as fixtures; slow parts are loaded once per session."""

import pytest

from streams.driver import Driver
from streams.processors.build import build_processor
from streams.processors.dedupe import dedupe_processor, empty_memory
from streams.processors.message import Processor
from streams.processors.tag import tag_processor
from streams.settings import Settings
from streams.tag.article import Tagger
from streams.topology import DEDUPE_STAGE, STAGES, TAG_STAGE
from tests.support.memory import SMALL_MEMORY


@pytest.fixture(scope="session")
def processors(tagger: Tagger) -> dict[str, Processor]:
    """Return the processors without a memory, with the shipped rules and knowledge."""
    built = {
        stage.name: build_processor(stage, Settings())
        for stage in STAGES
        if stage not in (DEDUPE_STAGE, TAG_STAGE)
    }
    return {**built, "tag": tag_processor(lambda: tagger)}


@pytest.fixture
def driver(processors: dict[str, Processor]) -> Driver:
    """Return the pipeline in memory, with an empty memory of articles."""
    return Driver(processors | {"dedupe": dedupe_processor(empty_memory(SMALL_MEMORY))})
