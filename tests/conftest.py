"""Fixtures of all tests: hypothesis profiles, the folder of shared data, seeds, wheel, tagger."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import settings

from streams.kafka.decoding import UNREADABLE
from streams.tag.article import Tagger, load_tagger

ROOT = Path(__file__).parents[1]

SHARE_ALIKE_MODEL = (
    ROOT / "packages/news-streams-models-sharealike/news_streams_models_sharealike/data"
)

settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=200, derandomize=True)
settings.register_profile("quick", deadline=None, max_examples=15)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


SLOW_FIXTURES = {"wheel_file", "postgresql_server"}
"""Fixtures that take seconds; a test with one of them is marked as slow."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use, before ``-m`` selects among them."""
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _no_unreadable_records() -> None:
    """Count unreadable records anew: of many on one topic, only some are logged."""
    UNREADABLE.by_topic.clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder ``shared`` next to the checkout; only CI is sure to have it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared, which is not here")
    return folder


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Return the folder of the project's seed articles."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel as hatchling builds it from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*build, "--directory", str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def unpacked_wheel(wheel_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the wheel installs."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel_file) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """Return the tagger with the shipped knowledge and the share-alike model of this checkout.

    `make test` installs the package of this model, so that the commands use it too. Loading takes
    seconds.
    """
    return load_tagger(SHARE_ALIKE_MODEL)
