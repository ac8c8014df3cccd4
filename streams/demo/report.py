"""The report at the end of the demonstration: the outcome of each article, and its receivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.records import (
    DeadLetter,
    DroppedArticle,
    DuplicateArticle,
    EnrichedArticle,
    Record,
    named_entities,
)
from streams.topology import FAILED


@dataclass
class ArticleResult:
    """Outcome of one article that was sent.

    Attributes:
        label: What the article is, for the table.
        end: Record it ended as; None if it did not end in time.
        routes: Routes that received it.
    """

    label: str
    end: Record | None = None
    routes: list[str] = field(default_factory=list)


def _label(article: EnrichedArticle | DuplicateArticle) -> Text:
    if isinstance(article, DuplicateArticle):
        if article.change.value == "unchanged":
            return Text("unchanged: same article, same text", "yellow")
        match = f"{article.change.value}, {article.method}, {article.similarity:.0%} alike"
        return Text(match, "yellow")
    revision = article.revision
    if revision.number == 1:
        return Text("new", "green")
    kinds = ", ".join(kind.value.replace("_", " ") for kind in revision.kinds)
    return Text(f"revision {revision.number}: {kinds}", "cyan")


def _outcome(end: Record | None) -> Text:
    if isinstance(end, EnrichedArticle | DuplicateArticle):
        return _label(end)
    if isinstance(end, DroppedArticle):
        return Text(f"dropped: {end.reason.replace('_', ' ')}", "magenta")
    if isinstance(end, DeadLetter):
        return Text(f"dead letter: {end.reason.replace('_', ' ')}", "red")
    return Text("still on its way", "bold red")


def _title(end: Record | None) -> Text:
    if isinstance(end, DeadLetter):
        return Text((end.value or b"").decode("utf-8", "replace")[:60])
    return Text(getattr(end, "title", "") or "–")


def _entities(end: Record | None) -> Text:
    named = named_entities(end.entities)[:5] if isinstance(end, EnrichedArticle) else ()
    return Text(", ".join(entity.name for entity in named))


def is_internal_failure(way: ArticleResult) -> bool:
    """Return whether an article was rejected because of an internal error, not of its content."""
    return isinstance(way.end, DeadLetter) and way.end.reason in FAILED


def results_table(ways: Sequence[ArticleResult]) -> Table:
    """Return a table of the outcome of each article."""
    table = Table(
        box=box.SIMPLE_HEAD,
        title="What happened to each article",
        title_style="bold",
        title_justify="left",
    )
    table.add_column("sent", style="dim")
    table.add_column("title", ratio=3)
    table.add_column("outcome", ratio=2)
    table.add_column("most salient entities", ratio=3)
    table.add_column("routes", ratio=2)
    for way in ways:
        table.add_row(
            way.label,
            _title(way.end),
            _outcome(way.end),
            _entities(way.end),
            ", ".join(sorted(way.routes)),
        )
    return table


def received_table(received: Mapping[str, Sequence[str]]) -> Table:
    """Return a table of what each subscriber received: titles by route."""
    table = Table(
        box=box.SIMPLE_HEAD,
        title="What each subscriber received",
        title_style="bold",
        title_justify="left",
    )
    table.add_column("subscribed to", style="bold")
    table.add_column("articles", justify="right")
    table.add_column("titles", ratio=1)
    for route, titles in sorted(received.items()):
        cell = Text("\n".join(titles)) if titles else Text("nothing", "dim")
        table.add_row(route, str(len(titles)), cell)
    return table


def next_commands(program: str, samples: str) -> Group:
    """Return the commands to try next.

    Args:
        program: ``streams``, as this shell finds it.
        samples: Folder of sample articles, as typed from the working directory.
    """
    table = Table.grid(padding=(0, 3))
    for command, text in (
        (f"{program} run", "the same pipeline, kept running, with your own Kafka data"),
        (f"{program} replay {samples}", "send articles: text, .html, .jsonl, folders"),
        (f"{program} subscribe diplomacy --from beginning", "receive a route in the terminal"),
        (f"{program} try {samples}", "look at articles without Kafka"),
        (f"{program} --help", "everything else"),
    ):
        table.add_row(Text(command, "bold cyan"), Text(text, "dim"))
    return Group(Text("What to try next", "bold"), Padding(table, (1, 2)))


def print_report(
    console: Console,
    ways: Sequence[ArticleResult],
    received: Mapping[str, Sequence[str]],
    *,
    program: str = "streams",
    samples: str = "seeds",
) -> None:
    """Print the report; `next_commands` explains ``program`` and ``samples``."""
    console.print()
    console.print(results_table(ways))
    console.print(received_table(received))
    console.print(next_commands(program, samples))
