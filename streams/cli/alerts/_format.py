"""An alert as text: title, source, time, matching clauses, matching passage."""

from rich.text import Text

from streams.cli._output.console import out, printable
from streams.cli._output.utc_time import utc_time
from streams.records import Alert, Field
from streams.route.match.facts import Article
from streams.route.match.snippet import word_end, word_start

CONTEXT_CHARS = 70
"""Characters shown before and after a match."""


def print_alert(alert: Alert, article: Article | None = None) -> None:
    """Print an alert.

    Args:
        alert: The alert.
        article: Its article, to show the matching passage of the text.
    """
    title = highlighted(alert.title or "(no title)", _spans(alert, Field.TITLE), "bold")
    out.print(title, soft_wrap=True)
    time = utc_time(alert.published) if alert.published else ""
    facts = " · ".join(filter(None, (alert.source, time, alert.kind.value, alert.url)))
    out.print(Text(printable(facts), "dim"), soft_wrap=True)
    if article is not None and (match := passage(article.text, _spans(alert, Field.TEXT))):
        out.print(match, soft_wrap=True)
    clauses = ", ".join(clause.text for clause in alert.clauses)
    out.print(Text(printable(f"matched: {clauses}\n"), "dim"), soft_wrap=True)


def _spans(alert: Alert, field: Field) -> list[tuple[int, int]]:
    return [(match.start, match.end) for match in alert.highlights if match.field is field]


def passage(text: str, spans: list[tuple[int, int]]) -> Text | None:
    """Return the first match with its context, or None without a match."""
    if not spans:
        return None
    first, last = spans[0]
    start = word_start(text, max(0, first - CONTEXT_CHARS), first)
    end = word_end(text, min(len(text), last + CONTEXT_CHARS), last)
    inside = [(first - start, last - start) for first, last in spans if last <= end]
    cut = highlighted(text[start:end].replace("\n", " "), inside, "")
    return Text("…" if start else "") + cut + Text("…" if end < len(text) else "")


def highlighted(text: str, spans: list[tuple[int, int]], style: str) -> Text:
    """Return a text with spans highlighted and control characters escaped."""
    marked, position = Text(style=style), 0
    for start, end in spans:
        marked.append(printable(text[position:start]))
        marked.append(printable(text[start:end]), "black on yellow")
        position = end
    return marked.append(printable(text[position:]))
