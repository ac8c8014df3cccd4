"""The pytest plugin, run in a separate pytest."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

TESTS = """
import sys

import pytest
import streams

def test_1_nothing_heavy_is_loaded_yet():
    assert not {"lxml", "numpy", "aiokafka", "pydantic", "msgspec"} & set(sys.modules)

STORY = {
    "source": "test",
    "url": "https://news.test/harbor",
    "title": "Harbor reopens",
    "text": "The harbor of Kiel was reopened on Monday, the port said.",
}

@pytest.mark.parametrize("time", [1, 2])
def test_2_each_test_has_a_driver_of_its_own(news_driver, time):
    article = streams.raw_article(**STORY)
    assert "articles.enriched.v1" in [topic for topic, _ in news_driver.run(article)]
    assert "routed.harbors.v1" in news_driver.topics
"""

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def news_settings(tmp_path_factory):
    from streams.settings import Settings
    rules = tmp_path_factory.mktemp("rules") / "routes.toml"
    rules.write_text('[[route]]\\nname = "harbors"\\nabout = "Harbors"\\nwhen = "harbor*"\\n')
    return Settings(routes=rules)
"""


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder with this plugin only."""
    command = [sys.executable, "-m", "pytest", "-p", "streams.testing", "-q", "-W", "error"]
    return subprocess.run(
        [*command, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


def test_news_driver_is_new_per_test_and_uses_settings(tmp_path: Path) -> None:
    (tmp_path / "test_news.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(CONFTEST)

    ended = run_pytest(tmp_path)

    assert ended.returncode == 0, ended.stdout
    assert "3 passed" in ended.stdout


def test_fixtures_are_listed_with_descriptions(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path, "--fixtures")

    assert "news_driver" in ended.stdout
    assert "Return the pipeline in memory" in ended.stdout


def test_plugin_has_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["entry-points"]["pytest11"] == {"news_streams": "streams.testing"}
