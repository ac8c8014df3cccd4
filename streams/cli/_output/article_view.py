"""An article in the terminal: outcome, fields, text, entities and receipts."""

from datetime import datetime
from typing import Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.cli._output.console import out, printable
from streams.cli._output.utc_time import SECONDS, utc_time
from streams.records import UNNAMED_TYPES
from streams.route.match.snippet import beginning
from streams.text.plural import plural

COLORS = {
    "new": "green",
    "revision": "cyan",
    "copy": "yellow",
    "unchanged": "yellow",
    "dropped": "magenta",
    "dead_letter": "red",
    "refused": "red",
}
ENTITY_COLORS = {"person": "bright_blue", "org": "bright_magenta", "gpe": "bright_green"}
MAX_CHARACTERS = 1500
"""Longer texts are cut; `--json` prints them whole."""


def _text(report: dict[str, Any]) -> Text:
    text = Text(report["text"])
    for mention in report.get("mentions", []):
        if mention["in"] == "text":
            color = ENTITY_COLORS.get(mention["type"], "bright_cyan")
            text.stylize(color, mention["start"], mention["end"])
    if len(text) > MAX_CHARACTERS:
        text.truncate(MAX_CHARACTERS)
        text.append(f" … ({plural(len(report['text']), 'character')})", "dim")
    return text


def _facts(report: dict[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    published = report.get("published") or {}
    authors = ", ".join(author["name"] for author in report.get("authors", []))
    rows = {
        "url": report.get("url"),
        "site": (report.get("site") or {}).get("name"),
        "published": _published(published),
        "language": (report.get("language") or {}).get("code"),
        "authors": authors,
        "agency": report.get("agency"),
        "entities": ", ".join(
            f"{entity['name']} [{entity['id']}]" for entity in _named(report)[:8]
        ),
        "routes": ", ".join(report["routes"]) or "–",
    }
    for name, value in rows.items():
        if value:
            table.add_row(f"[dim]{name}[/dim]", Text(str(value)))
    for receipt in report.get("receipts", []):
        # Which clause of which rule failed is what `streams why` shows.
        evidence = "" if receipt["decision"] == "unmatched" else receipt["evidence"]
        parts = filter(None, (receipt["decision"], receipt["rule"], evidence))
        table.add_row(
            f"[dim]{receipt['stage']}[/dim]", Text(beginning(" · ".join(parts), 200), "dim")
        )
    return table


def _named(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entities that have a name, without dates and quantities."""
    return [each for each in report.get("entities", []) if each["type"] not in UNNAMED_TYPES]


def _published(published: dict[str, Any]) -> str:
    """Return the time of publication, no more precise than it is known."""
    if not published.get("time"):
        return "unknown"
    time, precision = datetime.fromisoformat(str(published["time"])), published["precision"]
    if precision == "day":
        return f"{time:%Y-%m-%d}"
    return f"{utc_time(time, pattern=SECONDS)} ({precision})"


def print_article(report: dict[str, Any]) -> None:
    """Print an article and its outcome."""
    outcome = report["outcome"]
    color = COLORS.get(outcome, "white")
    label = outcome.replace("_", " ")
    if report.get("reason"):
        label += f": {report['reason'].replace('_', ' ')}"
    title = printable(report.get("title") or "(no title)")
    out.print(Text.assemble((f" {label} ", f"bold reverse {color}"), " ", (title, "bold")))
    if "text" in report:
        out.print(_facts(report))
        if report["text"]:
            out.print(Panel(_text(report), border_style="dim"))
        else:
            out.print("  (no text, only a headline)", style="dim")
    elif found := list(filter(None, map(report.get, ("source", "url", "evidence", "detail")))):
        out.print(f"  {printable(' · '.join(found))}", highlight=False, markup=False)
    out.print()
