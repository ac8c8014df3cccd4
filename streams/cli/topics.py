"""``streams topics``: the topics of the pipeline on the broker."""

import asyncio

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from streams.cli._arguments import JsonLines
from streams.cli._console import out
from streams.cli._settings import settings_with_broker
from streams.config.routes import required_topics
from streams.kafka.topics import create_topics, topic_states
from streams.records.topics import Cleanup, Topic
from streams.text.plural import plural
from streams.topology import readers_of, writers_of

app = typer.Typer(help="Create and inspect topics.", no_args_is_help=True)


@app.command()
def create() -> None:
    """Create missing topics; existing topics are left unchanged.

    **Examples:**

    - `streams topics create`
    - `NEWS_BROKER=kafka:9092 streams topics create`
    """
    settings = settings_with_broker()
    topics = required_topics(settings)
    created = asyncio.run(create_topics(settings, topics))
    for name in created:
        typer.echo(f"created {name}")
    typer.echo(
        f"{plural(len(created), 'topic')} created, {len(topics) - len(created)} existed already"
    )


@app.command("list")
def list_(
    *,
    json_: JsonLines = False,
) -> None:
    """List the topics with partitions, record types, key and retention.

    **Examples:**

    - `streams topics list`
    - `streams topics list --json`
    """
    settings = settings_with_broker()
    states = asyncio.run(topic_states(settings, required_topics(settings)))
    if json_:
        for state in states:
            row = topic_row(state.topic) | {"found": state.partitions, "sound": state.sound}
            typer.echo(orjson.dumps(row))
        return
    out.print(_table([(state.topic, state.partitions, state.sound) for state in states]))
    if not all(state.sound for state in states):
        out.print(
            "[red]red[/red]: missing (create it with `streams topics create`), or with another "
            "number of partitions"
        )


def topic_row(topic: Topic) -> dict[str, object]:
    """Return a topic as plain values.

    Examples:
        >>> from streams.records import topic_named
        >>> topic_row(topic_named("articles.memory.v1"))["keeps"]
        'the latest'
    """
    compact = topic.cleanup is Cleanup.COMPACT
    return {
        "topic": topic.name,
        "records": [record.__name__ for record in topic.records],
        "key": topic.key,
        "partitions": topic.partitions,
        "keeps": "the latest" if compact else f"{topic.retention.days} days",
        "max_bytes": topic.max_bytes,
        "written_by": writers_of(topic),
        "read_by": readers_of(topic),
    }


def _table(rows: list[tuple[Topic, int, bool]]) -> object:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("topic", no_wrap=True)
    for name in ("partitions", "records", "key", "retention"):
        table.add_column(name)
    for topic, found, sound in rows:
        partitions = f"{found}" if sound else f"[red]{found} of {topic.partitions}[/red]"
        records = ", ".join(record.__name__ for record in topic.records)
        table.add_row(topic.name, partitions, records, topic.key, str(topic_row(topic)["keeps"]))
    return table
