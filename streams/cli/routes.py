"""``streams routes``: the rules that route articles."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out
from streams.config.routes import load_routes, route_file
from streams.records.topics import UNMATCHED, routed_topic
from streams.route.lint import lint_rules
from streams.settings import load_settings
from streams.text.plural import plural

app = typer.Typer(help="Check, list and test the routes in routes.toml.", no_args_is_help=True)
RoutesFileOption = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help="File of routes (default: NEWS_ROUTES, routes.toml, or the built-in routes).",
    ),
]
"""A file of routes, or None for the active one."""


@app.command()
def check(file: RoutesFileOption = None) -> None:
    """Validate a file of routes; report the first error with its line (exit code 2).

    **Examples:**

    - `streams routes check`
    - `streams routes check my-routes.toml`
    """
    chosen = _chosen(file)
    rules = load_routes(chosen)
    typer.echo(f"{route_file(chosen)}: {plural(len(rules), 'valid route')}")


@app.command("list")
def list_(
    file: RoutesFileOption = None,
    *,
    json_: JsonLines = False,
) -> None:
    """List the routes with their queries.

    **Examples:**

    - `streams routes list`
    - `streams routes list --json`
    """
    chosen = _chosen(file)
    rows = [(rule.name, rule.when, rule.about) for rule in load_routes(chosen)]
    if json_:
        for name, when, about in rows:
            row = {"route": name, "when": when, "about": about, "topic": routed_topic(name).name}
            typer.echo(orjson.dumps(row))
        return
    table = Table("route", "query", "about", title=route_file(chosen))
    for name, when, about in (*rows, (UNMATCHED, "", "New articles that match no route")):
        table.add_row(escape(name), escape(when), escape(about))
    out.print(table)


@app.command("test")
def check_samples(file: RoutesFileOption = None) -> None:
    """Run the samples of the routes (`[[route.test]]`); exit code 1 if a sample is misrouted.

    **Examples:**

    - `streams routes test`
    - `streams routes test my-routes.toml`
    """
    chosen = _chosen(file)
    n_tests = n_failed = 0
    for rule in load_routes(chosen):
        n_tests += len(rule.tests)
        for sample, verdict in rule.failed_tests():
            n_failed += 1
            failure = "matches, but should not" if verdict.holds else "should match, but does not"
            place = f"{route_file(chosen)}:{sample.line}"
            typer.echo(f"{place}: {rule.name}: {sample.title!r} {failure}: {verdict}")
    typer.echo(f"{route_file(chosen)}: {n_tests - n_failed} of {plural(n_tests, 'test')} passed")
    raise typer.Exit(1 if n_failed else 0)


@app.command()
def lint(file: RoutesFileOption = None) -> None:
    """Find routes that never match or are covered by another one (exit code 1).

    **Examples:**

    - `streams routes lint`
    - `streams routes lint my-routes.toml`
    """
    chosen = _chosen(file)
    findings = lint_rules(load_routes(chosen))
    for finding in findings:
        typer.echo(f"{route_file(chosen)}: {finding.rule}: {finding.problem}")
    if not findings:
        typer.echo(f"{route_file(chosen)}: no problems")
    raise typer.Exit(1 if findings else 0)


def _chosen(file: Path | None) -> Path | None:
    return file or load_settings().routes
