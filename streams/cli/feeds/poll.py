"""``streams feeds poll``: poll one feed now."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from streams.cli._arguments import JsonObject
from streams.cli._output.console import err, out, printable
from streams.cli._settings import settings_with_broker
from streams.cli.feeds._files import FeedsFileOption, feeds_file
from streams.config.feeds import FeedEntry
from streams.config.feeds_file import feed_in, load_feeds
from streams.errors import BrokerError
from streams.sources.feeds.parsing.model import Entry
from streams.sources.feeds.poll_now import FeedPreview, PollOutcome, poll_now, preview_feed
from streams.sources.feeds.state import read_states
from streams.text.plural import plural


def poll(
    feed: Annotated[str, typer.Argument(metavar="ID|URL", help="Id or URL of the feed, exactly.")],
    file: FeedsFileOption = None,
    *,
    send: Annotated[
        bool, typer.Option("--send", help="Send the new articles, as a due poll would.")
    ] = False,
    json_: JsonObject = False,
) -> None:
    """Fetch a feed of the file now and show its entries; nothing is sent without `--send`.

    Entries that the next poll would send are marked as new, if Kafka is available to compare with.
    With `--send`, new entries are sent into the pipeline, even if the feed is paused or not due.
    Exit code 1 if there is no feed at the URL.

    **Examples:**

    - `streams feeds poll news.example-rss`
    - `streams feeds poll news.example-rss --send`
    """
    path = feeds_file(file)
    feeds = load_feeds(path)
    entry = feed_in(feeds, feed, file=path)
    if send:
        result = asyncio.run(poll_now(settings_with_broker(), entry, feeds))
        _print_outcome(entry, result, json=json_)
        raise typer.Exit(1 if result.error else 0)
    preview = asyncio.run(_preview(entry, path, quiet=json_))
    _print_preview(entry, preview, json=json_)
    raise typer.Exit(1 if preview.error else 0)


async def _preview(entry: FeedEntry, path: Path, *, quiet: bool) -> FeedPreview:
    states = None
    try:
        states = await read_states(settings_with_broker())
    except BrokerError as error:
        if not quiet:
            err.print(f"new entries are not marked: {error}", style="dim", highlight=False)
    return await preview_feed(entry, load_feeds(path), states)


def _print_outcome(entry: FeedEntry, result: PollOutcome, *, json: bool) -> None:
    if json:
        articles = [
            {"id": article.id, "url": article.url, "title": article.title}
            for article in result.articles
        ]
        row = {
            "id": entry.name,
            "url": entry.url,
            "error": result.error,
            "sent": len(result.articles),
            "refused": result.n_refused,
            "articles": articles,
        }
        typer.echo(orjson.dumps(row))
        return
    for article in result.articles:
        out.print(Text(printable(article.title) or "(no title)"))
        out.print(Text(f"  {article.url}", "dim"), soft_wrap=True)
    if result.error:
        typer.echo(f"{entry.name}: {result.error}")
        return
    refused = f", {result.n_refused:,} refused" if result.n_refused else ""
    typer.echo(f"{entry.name}: {plural(len(result.articles), 'new article')} sent{refused}")


def _print_preview(entry: FeedEntry, preview: FeedPreview, *, json: bool) -> None:
    entries = preview.feed.entries if preview.feed else ()
    n_new = None if preview.new is None else sum(map(bool, map(preview.is_new, entries)))
    if json:
        typer.echo(orjson.dumps(_preview_row(entry, preview, n_new)))
        return
    if preview.feed is None:
        typer.echo(f"{entry.name}: {preview.error}")
        return
    if entries:
        out.print(_entries_table(entries, preview))
    counted = plural(len(entries), "entry", "entries")
    new = "" if n_new is None else f", {n_new:,} new; nothing was sent (`--send` sends them)"
    typer.echo(f"{entry.name}: {preview.feed.format}, {counted}{new}")


def _preview_row(entry: FeedEntry, preview: FeedPreview, n_new: int | None) -> dict[str, Any]:
    row: dict[str, Any] = {"id": entry.name, "url": entry.url, "error": preview.error}
    if preview.feed is not None:
        row |= {
            "format": preview.feed.format,
            "title": preview.feed.title,
            "new": n_new,
            "entries": [
                {
                    "id": each.id,
                    "url": each.link,
                    "title": each.title,
                    "published": each.time,
                    "new": preview.is_new(each),
                }
                for each in preview.feed.entries
            ],
        }
    return row


def _entries_table(entries: tuple[Entry, ...], preview: FeedPreview) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    if preview.new is not None:
        table.add_column("", no_wrap=True)
    table.add_column("published", no_wrap=True)
    table.add_column("title", overflow="fold", ratio=3)
    table.add_column("url", overflow="fold", ratio=2, style="dim")
    for each in entries:
        marks = [] if preview.new is None else ["[green]new[/green]" * bool(preview.is_new(each))]
        time = f"{each.time:%Y-%m-%d %H:%M}" if each.time else "unknown"
        table.add_row(*marks, time, Text(printable(each.title)), Text(printable(each.link)))
    return table
