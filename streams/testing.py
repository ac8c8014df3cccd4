"""The pytest plugin: the whole pipeline in memory, as a fixture.

pytest finds it when News Streams is installed::

    def test_harbor_news_reach_the_ports_route(news_driver):
        article = streams.raw_article(source="test", title="Harbor reopens", text="…")
        topics = [topic for topic, _ in news_driver.run(article)]
        assert "routed.ports.v1" in topics

The stages are imported and loaded when the first test asks for them, once in a session;
``pytest -p no:news_streams`` switches the plugin off.
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
    return import_module("streams.settings").load_settings()


@pytest.fixture(scope="session")
def _news_steps(news_settings: Any) -> Any:
    stages = import_module("streams.topology").STAGES
    shared = tuple(stage for stage in stages if not stage.tables)
    return import_module("streams.driver").build_steps(news_settings, shared)


@pytest.fixture
def news_driver(
    _news_steps: Any, news_settings: Any
) -> "streams.Driver":  # not evaluated: that would import it
    """Return the pipeline in memory (`streams.Driver`), in which nothing has been seen yet."""
    stages = import_module("streams.topology").STAGES
    own = tuple(stage for stage in stages if stage.tables)
    return streams.Driver(
        {**_news_steps, **import_module("streams.driver").build_steps(news_settings, own)}
    )
