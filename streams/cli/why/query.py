"""Why an article matches a query, or does not: the deciding clause, for each of its versions."""

import sys
from collections.abc import Callable
from dataclasses import asdict

import orjson

from streams.cli._output.console import err, out, printable
from streams.cli.why._article import parse_article
from streams.inspect.trace import trace_article
from streams.records import DuplicateArticle, EnrichedArticle
from streams.records.topics import DUPLICATES, ENRICHED
from streams.route.article import explain_rule
from streams.route.rules import Rule
from streams.settings import Settings


async def print_query_match(
    settings_with_broker: Callable[[], Settings], article: str, query: str, *, json: bool
) -> int:
    """Print why an article matches a query, or does not, as a route or a saved search sees it.

    Args:
        settings_with_broker: Called once article and query are parsed.
        article: Id, URL or origin, as typed.
        query: Query.
        json: Whether to print one JSON object per version.

    Returns:
        The exit code: 0 if a version matches, otherwise 1.

    Raises:
        UsageError: If the article or the query is invalid.
    """
    key = parse_article(article)
    rule = Rule.parse("query", query)
    steps = await trace_article(settings_with_broker(), **key, progress=None)
    versions = {
        step.origin: (step.record, explain_rule(step.record, rule))
        for step in steps
        if step.topic in {ENRICHED.name, DUPLICATES.name}
        and isinstance(step.record, EnrichedArticle | DuplicateArticle)
    }
    if not versions and not json:
        name = ", ".join(key.values())
        err.print(
            f"{name}: not on the enriched or duplicates topic; see `streams why`", highlight=False
        )
    for origin, (record, match) in versions.items():
        if json:
            row = asdict(match) | {"origin": origin, "article_id": record.id}
            sys.stdout.write(orjson.dumps(row).decode() + "\n")
        else:
            line = printable(f"{record.title or '(no title)'} ({origin}): {match.reason}")
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0 if any(match.wanted for _, match in versions.values()) else 1
