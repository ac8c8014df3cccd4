"""The command ``streams``: mounts the commands, turns errors into one sentence."""

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.markup import escape

from streams.cli import (
    alerts,
    broker,
    dead_letters,
    evaluate,
    feeds,
    routes,
    schemas,
    sources,
    tokens,
    topics,
)
from streams.cli.audit import audit
from streams.cli.context import err
from streams.cli.deliver import deliver
from streams.cli.demo import demo
from streams.cli.doctor import doctor
from streams.cli.replay import replay
from streams.cli.run import run
from streams.cli.serve import serve
from streams.cli.subscribe import subscribe
from streams.cli.try_out import try_out
from streams.cli.why import why
from streams.cli.worker import worker
from streams.errors import NewsStreamsError, UsageError

app = typer.Typer(
    name="streams",
    help="Raw news in; clean, deduplicated, tagged and routed records out, on Kafka.",
    epilog="First steps: **streams demo**, then **streams run** in one terminal and "
    "**streams replay seeds** in another.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

START, SEND, RECEIVE, INSPECT, SET_UP = (
    "Start here",
    "Send articles",
    "Receive articles",
    "Understand",
    "Set up and run",
)

app.command(rich_help_panel=START)(demo)
app.command("try", rich_help_panel=START)(try_out)
app.command(rich_help_panel=START)(run)
app.command(rich_help_panel=SEND)(replay)
app.add_typer(feeds.app, name="feeds", rich_help_panel=SEND)
app.add_typer(sources.app, name="sources", rich_help_panel=SEND)
app.command(rich_help_panel=RECEIVE)(subscribe)
app.add_typer(alerts.app, name="alerts", rich_help_panel=RECEIVE)
app.command(rich_help_panel=INSPECT)(why)
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel=INSPECT)
app.command(rich_help_panel=INSPECT)(audit)
app.command(rich_help_panel=INSPECT)(doctor)
app.add_typer(evaluate.app, name="evaluate", rich_help_panel=INSPECT)
app.command(rich_help_panel=SET_UP)(worker)
app.command(rich_help_panel=SET_UP)(deliver)
app.command(rich_help_panel=SET_UP)(serve)
app.add_typer(tokens.app, name="tokens", rich_help_panel=SET_UP)
app.add_typer(broker.app, name="broker", rich_help_panel=SET_UP)
app.add_typer(topics.app, name="topics", rich_help_panel=SET_UP)
app.add_typer(routes.app, name="routes", rich_help_panel=SET_UP)
app.add_typer(schemas.app, name="schemas", rich_help_panel=SET_UP)


def _show_version(value: bool) -> None:  # noqa: FBT001  # typer hands it over like this
    if value:
        typer.echo(f"news-streams {version('news-streams')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Raw news in; clean, deduplicated, tagged and routed records out, on Kafka."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line: 2 for what the user can mend, 1 for what went wrong around.

    Args:
        arguments: What stands behind ``streams``; none: those of this process.
    """
    # What aiokafka logs of an error stands in the error, too.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        app(arguments)
    except NewsStreamsError as error:
        err.print(f"[red]streams:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
