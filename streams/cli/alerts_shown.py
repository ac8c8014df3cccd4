"""An alert as a person reads it: title, source, time, what matched, where."""

from rich.text import Text

from streams.cli.context import out
from streams.cli.printable import printable
from streams.records import Alert, Field
from streams.route.match.facts import Article

AROUND_CHARS = 70
"""What is shown before and after a place that matched."""


def show_alert(alert: Alert, article: Article | None = None) -> None:
    """Print an alert.

    Args:
        alert: What was, or would be, sent.
        article: What it is about, to show the places in its text that matched.
    """
    out.print(
        marked(alert.title or "(no title)", spans(alert, Field.TITLE), "bold"), soft_wrap=True
    )
    time = f"{alert.published:%Y-%m-%d %H:%M} UTC" if alert.published else ""
    facts = " · ".join(filter(None, (alert.source, time, alert.kind.value, alert.url)))
    out.print(Text(printable(facts), "dim"), soft_wrap=True)
    if article is not None and (place := passage(article.text, spans(alert, Field.TEXT))):
        out.print(place, soft_wrap=True)
    clauses = ", ".join(clause.text for clause in alert.clauses)
    out.print(Text(printable(f"matched: {clauses}\n"), "dim"), soft_wrap=True)


def spans(alert: Alert, field: Field) -> list[tuple[int, int]]:
    """List where an alert's clauses matched in title or text."""
    return [(one.start, one.end) for one in alert.highlights if one.field is field]


def passage(text: str, found: list[tuple[int, int]]) -> Text | None:
    """Cut out the first place that matched, with what stands around it."""
    if not found:
        return None
    start = max(0, found[0][0] - AROUND_CHARS)
    end = min(len(text), found[0][1] + AROUND_CHARS)
    inside = [(first - start, last - start) for first, last in found if last <= end]
    shown = marked(text[start:end].replace("\n", " "), inside, "")
    return Text("…" if start else "") + shown + Text("…" if end < len(text) else "")


def marked(text: str, found: list[tuple[int, int]], style: str) -> Text:
    """Mark stretches of a text; control characters are spelled out."""
    shown, at = Text(style=style), 0
    for start, end in found:
        shown.append(printable(text[at:start]))
        shown.append(printable(text[start:end]), "black on yellow")
        at = end
    return shown.append(printable(text[at:]))
