"""``streams feeds``: the feeds that are polled, and how they are."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from streams.cli.paths import readable_file

app = typer.Typer(help="Choose the feeds to poll, and see how they are.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Option("--feeds", metavar="FILE", help="The file; not given: NEWS_FEEDS, feeds.toml."),
]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Of a feed, or of a page that names its feeds.")],
    file: File = None,
    *,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Do not look whether it is a feed.")
    ] = False,
) -> None:
    """Add a feed; of a page, the feed that it names.

    **Examples:** `streams feeds add https://news.example/rss`,
    `streams feeds add https://news.example/`
    """
    from streams.cli.feeds_run import (  # noqa: PLC0415  # start fast
        added,
        chosen,
        find_feed,
        load_feeds,
    )

    file = chosen(file)
    found = url if unseen else asyncio.run(find_feed(url, load_feeds(file, missing_ok=True)))
    typer.echo(added(file, [found]))


@app.command("list")
def list_(
    file: File = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show the feeds of the file.

    **Examples:** `streams feeds list`, `streams feeds list --json`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.cli.feeds_run import chosen, load_feeds  # noqa: PLC0415

    for feed in load_feeds(chosen(file)).feed:
        if json_:
            typer.echo(orjson.dumps({"id": feed.name, "url": feed.url, "text": feed.text.value}))
        else:
            typer.echo(f"{feed.name}  {feed.url}")


@app.command("import")
def import_(
    opml_text: Annotated[
        Path, typer.Argument(help="OPML of another reader.", callback=readable_file)
    ],
    file: File = None,
) -> None:
    """Add the feeds of a subscription list in OPML; those that are there already stay as they are.

    **Example:** `streams feeds import subscriptions.opml`
    """
    from streams.cli.feeds_run import added, chosen  # noqa: PLC0415  # start fast
    from streams.config.feeds import urls_in_opml  # noqa: PLC0415

    typer.echo(
        added(chosen(file), urls_in_opml(opml_text.read_text(encoding="utf-8", errors="replace")))
    )


@app.command()
def export(file: File = None) -> None:
    """Print the feeds as OPML, for other readers.

    **Example:** `streams feeds export > subscriptions.opml`
    """
    from streams.cli.feeds_run import chosen, load_feeds  # noqa: PLC0415  # start fast
    from streams.config.feeds import opml_text  # noqa: PLC0415

    typer.echo(opml_text((feed.name, feed.url) for feed in load_feeds(chosen(file)).feed), nl=False)


@app.command()
def check(
    file: File = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Ask every feed once, and say which are none (exit code 1); nothing is sent or remembered.

    **Examples:** `streams feeds check`, `streams feeds check --json`
    """
    from streams.cli.feeds_run import check_feeds, chosen, load_feeds  # noqa: PLC0415  # start fast

    raise typer.Exit(asyncio.run(check_feeds(load_feeds(chosen(file)), json=json_)))


@app.command()
def status(
    file: File = None,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Show it anew every few seconds.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show how each feed is: health, rhythm, next poll, articles a day, discovery latency.

    **Examples:** `streams feeds status`, `streams feeds status --watch`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.feeds_run import chosen  # noqa: PLC0415
    from streams.cli.feeds_status import show_status  # noqa: PLC0415

    asyncio.run(show_status(settings_with_broker(), chosen(file), watch=watch, json=json_))
