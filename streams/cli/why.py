"""``streams why``: the way of one article through all topics, with the reasons."""

import asyncio
from typing import Annotated

import typer


def why(
    article: Annotated[
        str,
        typer.Argument(help="Its id, its URL, or one of its origins (articles.raw.v1-3-17)."),
    ],
    *,
    query: Annotated[
        str, typer.Option(help="Tell why it meets this query, or does not: which clause decides.")
    ] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell what became of an article: cleaned, merged, tagged, routed, dropped, and why.

    Every version that came in is shown with the receipts of each stage; for a
    duplicate also what it repeats, how near the two are and which words differ.
    Exit code 1 when no topic knows the article.

    **Examples:** `streams why https://news.test/world/1`,
    `streams why 6b626991-d331-5668-91ea-aedb6407150e --json`,
    `streams why https://news.test/world/1 --query 'bridge and not title:sport*'`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.cli.why_query import run_why_query  # noqa: PLC0415
    from streams.cli.why_run import run_why  # noqa: PLC0415

    if query:
        running = run_why_query(settings_with_broker, article, query, json=json_)
        raise typer.Exit(asyncio.run(running))

    raise typer.Exit(asyncio.run(run_why(settings_with_broker, article, json=json_)))
