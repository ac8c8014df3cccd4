"""Why an article meets a query, or does not: the clause that decides, for each of its versions."""

import sys
from collections.abc import Callable
from dataclasses import asdict

import orjson

from streams.cli.context import err, out
from streams.cli.printable import printable
from streams.cli.why_run import wanted_article
from streams.inspect.trace import trace_article
from streams.records import DuplicateArticle, EnrichedArticle
from streams.records.topics import DUPLICATES, ENRICHED
from streams.route.article import explain_rule
from streams.route.rules import Rule
from streams.settings import Settings


async def run_why_query(
    settings_with_broker: Callable[[], Settings], article: str, query: str, *, json: bool
) -> int:
    """Print why an article meets a query, or does not, as a route or a search would see it.

    Args:
        settings_with_broker: Called once article and query are understood.
        article: Its id, URL or origin, as typed.
        query: In the query language.
        json: Whether each version is one line of JSON.

    Returns:
        The exit code: 0 when a version meets it, 1 when none does or none is known.

    Raises:
        UsageError: If it is neither an id, a URL nor an origin, or the query is none.
    """
    wanted = wanted_article(article)
    rule = Rule.parse("query", query)
    steps = await trace_article(settings_with_broker(), **wanted, progress=None)
    seen = {
        step.origin: (step.record, explain_rule(step.record, rule))
        for step in steps
        if step.topic in {ENRICHED.name, DUPLICATES.name}
        and isinstance(step.record, EnrichedArticle | DuplicateArticle)
    }
    if not seen and not json:
        named = ", ".join(wanted.values())
        err.print(f"{named} was not tagged or labelled; see `streams why`", highlight=False)
    for origin, (record, found) in seen.items():
        if json:
            told = asdict(found) | {"origin": origin, "article_id": record.id}
            sys.stdout.write(orjson.dumps(told).decode() + "\n")
        else:
            line = printable(f"{record.title or '(no title)'} ({origin}): {found.reason}")
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0 if any(found.wanted for _, found in seen.values()) else 1
