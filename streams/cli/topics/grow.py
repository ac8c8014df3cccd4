"""``streams topics grow``: add partitions to a topic."""

import asyncio
from typing import Annotated

import typer

from streams.cli._settings import settings_with_broker
from streams.config.routes import required_topics
from streams.errors import UsageError, did_you_mean
from streams.kafka.topics import add_partitions


def grow(
    name: Annotated[str, typer.Argument(metavar="TOPIC", help="Topic, without prefix.")],
    partitions: Annotated[
        int, typer.Argument(metavar="N", min=1, max=1000, help="Number of partitions afterwards.")
    ],
) -> None:
    """Add partitions to a topic, while the pipeline runs or not; its records stay.

    Running workers and subscribers read the added partitions within a minute. Kafka cannot remove
    partitions. New versions of an article may come to another partition than its former versions:
    those that are on their way at that moment may overtake each other.

    **Examples:**

    - `streams topics grow articles.raw.v1 16`
    """
    settings = settings_with_broker()
    topics = {topic.name: topic for topic in required_topics(settings)}
    if name not in topics:
        raise UsageError(
            f"{name}: no topic of the pipeline"
            f"{did_you_mean(name, topics) or '; see `streams topics list`'}"
        )
    asyncio.run(add_partitions(settings, topics[name], partitions))
    typer.echo(f"{name} has {partitions} partitions; they are read within a minute")
