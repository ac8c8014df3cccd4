"""The command ``streams``: its table of commands, and errors as one sentence."""

import sys
from importlib import import_module
from typing import Annotated, Final, NoReturn

import typer

from streams.cli._lazy import Lazy, lazy_app
from streams.cli._output.errors import print_error
from streams.errors import NewsStreamsError, UsageError

HELP: Final = "Process a stream of news on Kafka: clean, deduplicate, tag and route articles."

START, SEND, RECEIVE, INSPECT, SET_UP = (
    "Getting started",
    "Send articles",
    "Receive articles",
    "Inspect",
    "Set up and operate",
)

COMMANDS: Final = {
    "demo": Lazy("streams.cli.demo:demo", "Run the pipeline end to end on sample articles.", START),
    "try": Lazy(
        "streams.cli.try_:try_out",
        "Run articles through every stage in memory and show the results.",
        START,
    ),
    "run": Lazy(
        "streams.cli.run:run", "Run the whole pipeline on this machine, until Ctrl-C.", START
    ),
    "replay": Lazy(
        "streams.cli.replay:replay",
        "Send articles into the pipeline, and wait until Kafka has them.",
        SEND,
    ),
    "feeds": Lazy("streams.cli.feeds:app", "Manage polled feeds.", SEND),
    "sources": Lazy("streams.cli.sources:app", "Poll feeds and import archives.", SEND),
    "subscribe": Lazy(
        "streams.cli.subscribe:subscribe",
        "Receive the articles of a route within a second after routing.",
        RECEIVE,
    ),
    "alerts": Lazy("streams.cli.alerts:app", "Manage saved searches and their alerts.", RECEIVE),
    "why": Lazy(
        "streams.cli.why.trace:why",
        "Trace an article through the pipeline: what each stage decided, and why.",
        INSPECT,
    ),
    "audit": Lazy(
        "streams.cli.audit:audit",
        "Check that every article got to its last consumer: a route, the alerts, a dead letter.",
        INSPECT,
    ),
    "doctor": Lazy(
        "streams.cli.doctor:doctor",
        "Check Python, packages, disk, routes, Kafka, topics and lag; suggest remedies.",
        INSPECT,
    ),
    "dead-letters": Lazy(
        "streams.cli.dead_letters:app", "Inspect and redrive dead letters.", INSPECT
    ),
    "evaluate": Lazy("streams.cli.evaluate:app", "Score a stage on a labeled data set.", INSPECT),
    "worker": Lazy(
        "streams.cli.worker:worker",
        "Run one process of a stage; more processes share its work.",
        SET_UP,
    ),
    "deliver": Lazy(
        "streams.cli.deliver:deliver",
        "Deliver alerts by webhook, e-mail, chat or Kafka topic, until Ctrl-C.",
        SET_UP,
    ),
    "serve": Lazy(
        "streams.cli.serve:serve",
        "Serve HTTP: accept articles and publish alerts, until Ctrl-C.",
        SET_UP,
    ),
    "tokens": Lazy("streams.cli.tokens:app", "Manage access tokens for `streams serve`.", SET_UP),
    "broker": Lazy(
        "streams.cli.broker:app",
        "Start, inspect and stop a local Kafka that needs only Python packages.",
        SET_UP,
    ),
    "topics": Lazy("streams.cli.topics:app", "Create and inspect topics.", SET_UP),
    "settings": Lazy("streams.cli.settings:app", "Show the settings in use.", SET_UP),
    "routes": Lazy(
        "streams.cli.routes:app", "Check, list and test the routes in routes.toml.", SET_UP
    ),
    "schemas": Lazy(
        "streams.cli.schemas:app", "Export the JSON Schemas and the AsyncAPI document.", SET_UP
    ),
}

app = lazy_app(
    COMMANDS,
    name="streams",
    help=HELP,
    epilog="Start with **streams demo**, then **streams run** in one terminal and "
    "**streams replay seeds** in another.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:  # noqa: FBT001  # Typer passes it by position
    if value:
        version = import_module("importlib.metadata").version("news-streams")
        typer.echo(f"news-streams {version}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Process a stream of news on Kafka: clean, deduplicate, tag and route articles."""
    # aiokafka logs every error that it raises. `--help` needs no logging, so it is not imported.
    import_module("logging").getLogger("aiokafka").setLevel("CRITICAL")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    Exits with 2 for an error of the user, such as an invalid option, and with 1 for other errors.

    Args:
        arguments: Arguments after ``streams``; None for those of this process.
    """
    try:
        app(arguments)
    except NewsStreamsError as error:
        _exit(error)
    except ModuleNotFoundError as error:
        words = sys.argv[1:] if arguments is None else arguments
        missing = import_module("streams.extras").explain_import(
            error, command=next(iter(words), "")
        )
        if missing is None:
            raise
        _exit(missing)
    except BrokenPipeError:
        sys.exit(0)


def _exit(error: NewsStreamsError) -> NoReturn:
    print_error(error)
    sys.exit(2 if isinstance(error, UsageError) else 1)


if __name__ == "__main__":
    main()
