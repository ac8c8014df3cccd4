"""The pytest plugin: the complete pipeline in memory, as a fixture.

pytest finds it if News Streams is installed::

    def test_harbor_news_reach_the_ports_route(news_driver):
        article = streams.raw_article(source="test", title="Harbor reopens", text="…")
        topics = [topic for topic, _ in news_driver.run(article)]
        assert "routed.ports.v1" in topics

The stages are imported and loaded when the first test requests them, once per session;
``pytest -p no:news_streams`` disables the plugin.
"""

from importlib import import_module
from typing import Any

import pytest

import streams


@pytest.fixture(scope="session")
def news_settings() -> Any:
    """Return the settings of `news_driver`: those of the environment.

    Override it in your ``conftest.py`` to test rules of your own, with the same scope::

        @pytest.fixture(scope="session")
        def news_settings():
            return Settings(routes="routes.toml")
    """
    return import_module("streams.settings").library_settings()


@pytest.fixture(scope="session")
def _news_processors(news_settings: Any) -> Any:
    stages = import_module("streams.topology").STAGES
    shared = tuple(stage for stage in stages if not stage.tables)
    return import_module("streams.driver").build_processors(news_settings, shared)


@pytest.fixture
def news_driver(
    _news_processors: Any, news_settings: Any
) -> "streams.Driver":  # a string, because evaluating it would import the driver
    """Return the pipeline in memory (`streams.Driver`), with an empty memory of articles."""
    stages = import_module("streams.topology").STAGES
    own = tuple(stage for stage in stages if stage.tables)
    build_processors = import_module("streams.driver").build_processors
    return streams.Driver({**_news_processors, **build_processors(news_settings, own)})
