"""``streams topics``: the required topics."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.topics import app
from streams.cli.topics.list import topic_row
from streams.config.routes import required_topics
from streams.errors import NewsStreamsError
from streams.records.topics import TOPICS, Topic
from streams.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with one route and no broker."""
    rules = tmp_path / "routes.toml"
    rules.write_text('[[route]]\nname = "bridges"\nwhen = "bridge"\n')
    return Settings(routes=rules, data=tmp_path)


def test_required_topics_include_one_per_route(settings: Settings) -> None:
    assert [topic.name for topic in required_topics(settings)] == [
        *(topic.name for topic in TOPICS),
        "routed.bridges.v1",
        "routed.unmatched.v1",
    ]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_topic_row_has_all_registry_fields(topic: Topic) -> None:
    row = topic_row(topic)

    assert (row["topic"], row["partitions"], row["key"]) == (
        topic.name,
        topic.partitions,
        topic.key,
    )


@pytest.mark.parametrize("command", ["create", "list"])
def test_topics_without_broker_suggests_remedy(command: str, settings: Settings) -> None:
    environment = {"NEWS_DATA": str(settings.data), "NEWS_BROKER": ""}

    result = CliRunner().invoke(app, [command], env=environment)

    assert isinstance(result.exception, NewsStreamsError)
    assert "NEWS_BROKER" in str(result.exception)
