"""``streams topics`` against a live Kafka: created once, then seen as they should be."""

from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from typer.testing import CliRunner, Result

from streams.cli.topics import app
from streams.records.topics import TOPICS

pytestmark = pytest.mark.kafka

RULES = '[[route]]\nname = "bridges"\nwhen = "bridge"\n'
ALL = [*(topic.name for topic in TOPICS), "routed.bridges.v1", "routed.unmatched.v1"]


@pytest.fixture
def environment(broker: str, tmp_path: Path) -> dict[str, str]:
    """Settings with topics that no other test sees, and one rule."""
    rules = tmp_path / "routes.toml"
    rules.write_text(RULES)
    prefix = f"topics-command-{uuid4().hex[:8]}."
    return {"NEWS_BROKER": broker, "NEWS_TOPIC_PREFIX": prefix, "NEWS_ROUTES": str(rules)}


def streams_topics(environment: dict[str, str], *arguments: str) -> Result:
    """What the command prints; an error in it is raised here."""
    return CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)


def test_topics_are_created_once_and_listed_as_sound(environment: dict[str, str]) -> None:
    before = streams_topics(environment, "list", "--json").output.splitlines()
    created = streams_topics(environment, "create").output.splitlines()
    again = streams_topics(environment, "create").output.splitlines()
    after = streams_topics(environment, "list", "--json").output.splitlines()

    assert [orjson.loads(line)["found"] for line in before] == [0] * len(ALL)
    assert created[:-1] == [f"created {name}" for name in ALL]
    assert again == [f"0 topics created, {len(ALL)} existed already"]
    assert [(row["topic"], row["sound"]) for row in map(orjson.loads, after)] == [
        (name, True) for name in ALL
    ]


def test_topics_list_shows_what_is_missing(environment: dict[str, str]) -> None:
    shown = streams_topics(environment, "list").output

    assert "0 of 8" in shown
    assert "streams topics create" in shown
