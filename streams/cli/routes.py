"""``streams routes``: the rules that decide who gets which articles."""

from pathlib import Path
from typing import Annotated

import typer

from streams.text.plural import plural

app = typer.Typer(help="Check and show the rules in routes.toml.", no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", help="Rules; none: NEWS_ROUTES, routes.toml here, or the shipped ones."
    ),
]
"""A file of rules, or none for the one in force."""


@app.command()
def check(file: File = None) -> None:
    """Say whether a file of rules can be used, or what is wrong where (exit code 2).

    **Examples:** `streams routes check`, `streams routes check my-routes.toml`
    """
    from streams.config.routes import load_routes, route_file  # noqa: PLC0415  # start fast

    chosen = _chosen(file)
    rules = load_routes(chosen)
    typer.echo(f"{route_file(chosen)}: {len(rules)} valid route{'s' * (len(rules) != 1)}")


@app.command("list")
def list_(
    file: File = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show the routes, what each wants, and its topic.

    **Examples:** `streams routes list`, `streams routes list --json`
    """
    import orjson  # noqa: PLC0415  # start fast
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from streams.cli.context import out  # noqa: PLC0415
    from streams.config.routes import load_routes, route_file  # noqa: PLC0415
    from streams.records.topics import UNMATCHED, routed_topic  # noqa: PLC0415

    chosen = _chosen(file)
    rows = [(rule.name, rule.when, rule.about) for rule in load_routes(chosen)]
    if json_:
        for name, when, about in rows:
            row = {"route": name, "when": when, "about": about, "topic": routed_topic(name).name}
            typer.echo(orjson.dumps(row))
        return
    table = Table("route", "gets what matches", "about", title=route_file(chosen))
    for name, when, about in (*rows, (UNMATCHED, "", "New articles that no route wants")):
        table.add_row(escape(name), escape(when), escape(about))
    out.print(table)


@app.command("test")
def check_samples(file: File = None) -> None:
    """Run the samples beside the rules (`[[route.test]]`); exit code 1 if one goes astray.

    **Examples:** `streams routes test`, `streams routes test my-routes.toml`
    """
    from streams.config.routes import load_routes, route_file  # noqa: PLC0415  # start fast

    chosen = _chosen(file)
    n_tests = n_failed = 0
    for rule in load_routes(chosen):
        n_tests += len(rule.tests)
        for sample, verdict in rule.failed_tests():
            n_failed += 1
            said = "goes there, but is not to" if verdict.holds else "is to go there, but does not"
            place = f"{route_file(chosen)}:{sample.line}"
            typer.echo(f"{place}: {rule.name}: {sample.title!r} {said}: {verdict}")
    typer.echo(f"{route_file(chosen)}: {n_tests - n_failed} of {plural(n_tests, 'test')} passed")
    raise typer.Exit(1 if n_failed else 0)


@app.command()
def lint(file: File = None) -> None:
    """Find rules that never match, and rules that another one covers; exit code 1 if there are any.

    **Examples:** `streams routes lint`, `streams routes lint my-routes.toml`
    """
    from streams.config.routes import load_routes, route_file  # noqa: PLC0415
    from streams.route.lint import lint_rules  # noqa: PLC0415  # start fast

    chosen = _chosen(file)
    findings = lint_rules(load_routes(chosen))
    for finding in findings:
        typer.echo(f"{route_file(chosen)}: {finding.rule}: {finding.problem}")
    if not findings:
        typer.echo(f"{route_file(chosen)}: nothing odd")
    raise typer.Exit(1 if findings else 0)


def _chosen(file: Path | None) -> Path | None:
    from streams.settings import load_settings  # noqa: PLC0415  # start fast

    return file or load_settings().routes
