"""Find the way of an article, and print it version by version."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Final

import msgspec
import orjson
from rich.table import Table
from rich.text import Text

from streams.cli.context import err, interactive, out
from streams.cli.printable import printable
from streams.cli.why_chain import chain_as_json, chain_lines
from streams.cli.why_words import receipts_of, said, stage_of
from streams.errors import UsageError
from streams.inspect.duplicate_chain import DuplicateChain, trace_duplicates
from streams.inspect.trace import ROUTED, trace_article
from streams.inspect.trace_record import TraceRecord
from streams.kafka.read import OnReadProgress
from streams.records import DeadLetter, DroppedArticle, DuplicateArticle, article_id
from streams.records.topics import DUPLICATES
from streams.settings import Settings
from streams.text.urls import canonical_url

MOST_CHAINS: Final = 8
"""Of so many of an article's latest duplicates the chain is told: each takes a read of topics."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORIGIN = re.compile(r"articles\.raw\.v1-\d{1,9}-\d{1,18}")


async def run_why(settings_with_broker: Callable[[], Settings], article: str, *, json: bool) -> int:
    """Print what became of an article.

    Args:
        settings_with_broker: Called once it is clear which article is meant.
        article: Its id, URL or origin, as typed.
        json: Whether to print one JSON object.

    Returns:
        The exit code: 1 when no topic knows it.

    Raises:
        UsageError: If it is neither an id, a URL nor an origin.
    """
    wanted = wanted_article(article)
    settings = settings_with_broker()
    with _progress() as progress:
        steps = await trace_article(settings, **wanted, progress=progress)
        chains = await _chains(settings, steps, progress)
    if json:
        sys.stdout.write(orjson.dumps(way_as_json(steps, chains) | wanted).decode() + "\n")
    elif not steps:
        named = ", ".join(wanted.values())
        err.print(f"no topic knows {named}; raw records are kept for 7 days", highlight=False)
    else:
        _show(steps, chains)
    return 0 if steps else 1


async def _chains(
    settings: Settings, steps: Iterable[TraceRecord], progress: OnReadProgress | None
) -> dict[str, DuplicateChain]:
    """Follow the latest duplicates among the versions of an article, by origin."""
    repeats = [step for step in steps if step.topic == DUPLICATES.name]
    return {
        step.origin: await trace_duplicates(settings, step, progress=progress)
        for step in repeats[-MOST_CHAINS:]
    }


def wanted_article(given: str) -> dict[str, str]:
    """Make of what a user typed the id or the origin to look for.

    Raises:
        UsageError: If it is neither an id, a URL nor an origin.

    Examples:
        >>> wanted_article("HTTPS://News.Test/a#top")
        {'id': '6b626991-d331-5668-91ea-aedb6407150e'}
    """
    text = given.strip()
    if _UUID.fullmatch(text.lower()):
        return {"id": text.lower()}
    if _ORIGIN.fullmatch(text):
        return {"origin": text}
    try:
        return {"id": article_id(url=canonical_url(text))}
    except ValueError as error:
        raise UsageError(
            f"{given}: give an article's id, URL or origin (articles.raw.v1-3-17): {error}"
        ) from None


def way_as_json(
    steps: Iterable[TraceRecord], chains: Mapping[str, DuplicateChain]
) -> dict[str, Any]:
    """Give the way of an article as plain values, version by version."""
    return {
        "versions": [
            {"origin": origin, "steps": [_step_as_json(step, chains) for step in version]}
            for origin, version in _versions(steps)
        ]
    }


def _step_as_json(step: TraceRecord, chains: Mapping[str, DuplicateChain]) -> dict[str, Any]:
    is_duplicate = step.topic == DUPLICATES.name and step.origin in chains
    copied = chain_as_json(chains[step.origin]) if is_duplicate else {}
    return {
        "stage": stage_of(step),
        "topic": step.topic,
        "partition": step.partition,
        "offset": step.offset,
        "sent": step.sent,
        "repeats": step.n_repeats,
        "said": said(step),
        "receipts": msgspec.to_builtins(receipts_of(step)),
        **copied,
    }


def _versions(steps: Iterable[TraceRecord]) -> Iterator[tuple[str, list[TraceRecord]]]:
    for origin, version in groupby(steps, key=lambda step: step.origin):
        yield origin, list(version)


def _show(steps: list[TraceRecord], chains: Mapping[str, DuplicateChain]) -> None:
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
        if not _ended(version):
            out.print(
                Text("still on its way: is the pipeline running? (`streams doctor`)", "yellow")
            )


def _ended(version: list[TraceRecord]) -> bool:
    # A copy that no rule asks for stays where it is, labelled.
    ends = DroppedArticle | DeadLetter | DuplicateArticle
    return any(isinstance(step.record, ends) or step.topic.startswith(ROUTED) for step in version)


def _table(version: list[TraceRecord]) -> Table:
    table = Table.grid(padding=(0, 2))
    for step in version:
        repeats = f" (sent {step.n_repeats + 1} times)" if step.n_repeats else ""
        lines = [Text(printable(said(step)) + repeats)]
        for receipt in receipts_of(step):
            told = filter(None, (receipt.decision, receipt.rule, receipt.evidence))
            lines.append(Text(printable(" · ".join(told)), "dim"))
        table.add_row(
            Text(f"{step.sent:%H:%M:%S}", "dim"),
            Text(stage_of(step), "green"),
            Text("\n").join(lines),
        )
    return table


@contextmanager
def _progress() -> Iterator[OnReadProgress | None]:
    """Show how far the reading is, where a person watches."""
    if not interactive():
        yield None
        return
    with err.status("reading the topics") as status:

        def show(done: int, total: int) -> None:
            status.update(f"reading the topics: {done:,} of {total:,} messages")

        yield show
