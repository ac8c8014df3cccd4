"""``streams topics create``: create missing topics."""

import asyncio

import typer

from streams.cli._settings import settings_with_broker
from streams.config.routes import required_topics
from streams.kafka.topics import create_topics
from streams.text.plural import plural


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
