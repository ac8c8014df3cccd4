"""``streams why``: the trace of an article, version by version."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Annotated, Any, Final

import msgspec
import orjson
import typer
from rich.table import Table
from rich.text import Text

from streams.cli._arguments import JsonObject
from streams.cli._output.console import err, out, printable
from streams.cli._output.progress import show_topic_reading
from streams.cli._settings import settings_with_broker
from streams.cli.why._article import parse_article
from streams.cli.why.describe import describe_record, receipts_of, stage_of
from streams.cli.why.duplicates import chain_as_json, chain_lines
from streams.cli.why.query import print_query_match
from streams.inspect.duplicate_chain import DuplicateChain, trace_duplicates
from streams.inspect.trace import trace_article
from streams.inspect.trace_record import TraceRecord
from streams.kafka.read import OnReadProgress
from streams.records import DeadLetter, DroppedArticle, DuplicateArticle
from streams.records.topics import DUPLICATES, ROUTED
from streams.settings import Settings

MAX_CHAINS: Final = 8
"""Number of latest duplicates whose chains are followed; each chain reads topics."""


def why(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="Id, URL or origin (articles.raw.v1-3-17) of the article."
        ),
    ],
    *,
    query: Annotated[
        str, typer.Option(help="Explain why the article matches this query, or does not.")
    ] = "",
    json_: JsonObject = False,
) -> None:
    """Trace an article through the pipeline: what each stage decided, and why.

    Shows every version of the article with the receipts of each stage. A duplicate is shown with
    the article it repeats, their similarity and the words that differ. Exit code 1 if the article
    is not on any topic.

    **Examples:**

    - `streams why https://news.test/world/1`
    - `streams why 6b626991-d331-5668-91ea-aedb6407150e --json`
    - `streams why https://news.test/world/1 --query 'bridge and not title:sport*'`
    """
    if query:
        printing = print_query_match(settings_with_broker, article, query, json=json_)
    else:
        printing = print_trace(settings_with_broker, article, json=json_)
    raise typer.Exit(asyncio.run(printing))


async def print_trace(
    settings_with_broker: Callable[[], Settings], article: str, *, json: bool
) -> int:
    """Print the trace of an article.

    Args:
        settings_with_broker: Called once the article is parsed.
        article: Id, URL or origin, as typed.
        json: Whether to print one JSON object.

    Returns:
        The exit code: 1 if the article is not on any topic.

    Raises:
        UsageError: If the article is invalid.
    """
    key = parse_article(article)
    settings = settings_with_broker()
    with show_topic_reading() as progress:
        steps = await trace_article(settings, **key, progress=progress)
        chains = await _chains(settings, steps, progress)
    if json:
        sys.stdout.write(orjson.dumps(trace_as_json(steps, chains) | key).decode() + "\n")
    elif not steps:
        name = ", ".join(dict.fromkeys((article, *key.values())))
        message = f"{printable(name)}: not found on any topic; raw records expire after 7 days"
        err.print(message, highlight=False, markup=False)
    else:
        _print_versions(steps, chains)
    return 0 if steps else 1


async def _chains(
    settings: Settings, steps: Iterable[TraceRecord], progress: OnReadProgress | None
) -> dict[str, DuplicateChain]:
    """Return the chains of the latest duplicates among the versions of an article, by origin."""
    duplicates = [step for step in steps if step.topic == DUPLICATES.name]
    return {
        step.origin: await trace_duplicates(settings, step, progress=progress)
        for step in duplicates[-MAX_CHAINS:]
    }


def trace_as_json(
    steps: Iterable[TraceRecord], chains: Mapping[str, DuplicateChain]
) -> dict[str, Any]:
    """Return the trace of an article as plain values, version by version."""
    return {
        "versions": [
            {"origin": origin, "steps": [_record_as_json(step, chains) for step in version]}
            for origin, version in _versions(steps)
        ]
    }


def _record_as_json(step: TraceRecord, chains: Mapping[str, DuplicateChain]) -> dict[str, Any]:
    is_duplicate = step.topic == DUPLICATES.name and step.origin in chains
    chain = chain_as_json(chains[step.origin]) if is_duplicate else {}
    return {
        "stage": stage_of(step),
        "topic": step.topic,
        "partition": step.partition,
        "offset": step.offset,
        "sent": step.sent,
        "repeats": step.n_repeats,
        "said": describe_record(step),
        "receipts": msgspec.to_builtins(receipts_of(step)),
        **chain,
    }


def _versions(steps: Iterable[TraceRecord]) -> Iterator[tuple[str, list[TraceRecord]]]:
    for origin, version in groupby(steps, key=lambda step: step.origin):
        yield origin, list(version)


def _print_versions(steps: list[TraceRecord], chains: Mapping[str, DuplicateChain]) -> None:
    title = next(filter(None, (str(getattr(step.record, "title", "")) for step in steps[::-1])), "")
    url = next(filter(None, (str(getattr(step.record, "url", "")) for step in steps[::-1])), "")
    article = next((step.article for step in steps[::-1] if step.article), "")
    out.print(Text(printable(title or "(no title)"), "bold"))
    out.print(Text(printable(" · ".join(filter(None, (article, url)))), "dim"), soft_wrap=True)
    for origin, version in _versions(steps):
        out.print(Text(f"\n{origin or 'never reached Kafka'}", "cyan"))
        out.print(_table(version))
        for step in version:
            if isinstance(step.record, DuplicateArticle) and step.topic == DUPLICATES.name:
                for line in chain_lines(step.record, chains.get(origin, DuplicateChain())):
                    out.print(line, soft_wrap=True)
        if not _is_finished(version):
            pending = "still in the pipeline; check that it is running with `streams doctor`"
            out.print(Text(pending, "yellow"))


def _is_finished(version: list[TraceRecord]) -> bool:
    # A duplicate that no route wants ends on the duplicates topic.
    ends = DroppedArticle | DeadLetter | DuplicateArticle
    return any(isinstance(step.record, ends) or step.topic.startswith(ROUTED) for step in version)


def _table(version: list[TraceRecord]) -> Table:
    table = Table.grid(padding=(0, 2))
    for step in version:
        repeats = f" (sent {step.n_repeats + 1} times)" if step.n_repeats else ""
        lines = [Text(printable(describe_record(step)) + repeats)]
        for receipt in receipts_of(step):
            parts = filter(None, (receipt.decision, receipt.rule, receipt.evidence))
            lines.append(Text(printable(" · ".join(parts)), "dim"))
        table.add_row(
            Text(f"{step.sent:%H:%M:%S}", "dim"),
            Text(stage_of(step), "green"),
            Text("\n").join(lines),
        )
    return table
