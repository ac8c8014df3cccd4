"""An article as a person reads it in the terminal: outcome, fields, text, entities, receipts."""

import textwrap
from typing import Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.cli.context import out
from streams.cli.printable import printable
from streams.text.plural import plural

COLOURS = {
    "new": "green",
    "revision": "cyan",
    "copy": "yellow",
    "unchanged": "yellow",
    "dropped": "magenta",
    "dead_letter": "red",
    "refused": "red",
}
ENTITY_COLOURS = {"person": "bright_blue", "org": "bright_magenta", "gpe": "bright_green"}
SHOWN_CHARACTERS = 1500
"""Longer texts are cut: the screen shows what the article is, `--json` all of it."""


def _text(report: dict[str, Any]) -> Text:
    text = Text(report["text"])
    for mention in report.get("mentions", []):
        if mention["in"] == "text":
            colour = ENTITY_COLOURS.get(mention["type"], "bright_cyan")
            text.stylize(colour, mention["start"], mention["end"])
    if len(text) > SHOWN_CHARACTERS:
        text.truncate(SHOWN_CHARACTERS)
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
            f"{entity['name']} [{entity['id']}]" for entity in report.get("entities", [])[:8]
        ),
        "routes": ", ".join(report["routes"]) or "–",
    }
    for name, value in rows.items():
        if value:
            table.add_row(f"[dim]{name}[/dim]", Text(str(value)))
    for receipt in report.get("receipts", []):
        told = " · ".join(filter(None, (receipt["decision"], receipt["rule"], receipt["evidence"])))
        table.add_row(f"[dim]{receipt['stage']}[/dim]", Text(textwrap.shorten(told, 200), "dim"))
    return table


def _published(published: dict[str, Any]) -> str:
    """Say when, no more precisely than is known."""
    if not published.get("time"):
        return "unknown"
    time, precision = str(published["time"]), published["precision"]
    day, _, clock = time.removesuffix("Z").partition("T")
    return day if precision == "day" else f"{day} {clock} UTC ({precision})"


def show_article(report: dict[str, Any]) -> None:
    """Print what became of an article."""
    outcome = report["outcome"]
    colour = COLOURS.get(outcome, "white")
    told = outcome.replace("_", " ")
    if report.get("reason"):
        told += f": {report['reason'].replace('_', ' ')}"
    title = printable(report.get("title") or "(no title)")
    out.print(Text.assemble((f" {told} ", f"bold reverse {colour}"), " ", (title, "bold")))
    if "text" in report:
        out.print(_facts(report))
        if report["text"]:
            out.print(Panel(_text(report), border_style="dim"))
        else:
            out.print("  (no text: a headline only)", style="dim")
    elif report.get("detail"):
        out.print(f"  {printable(report['detail'])}", highlight=False, markup=False)
    out.print()
