"""``streams broker``: start, inspect and stop the local Kafka."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.markup import escape

from streams.broker import (
    BrokerOptions,
    BrokerStatus,
    RunningBroker,
    broker_status,
    start_broker,
    stop_broker,
)
from streams.broker.options import KAFKA_VERSION
from streams.cli._arguments import JsonObject
from streams.cli._output.console import err, interactive, out
from streams.cli._output.errors import print_error
from streams.errors import NewsStreamsError
from streams.settings import load_settings

NOT_RUNNING = 3
"""Exit code of ``status``, as in the Linux Standard Base for init scripts."""

app = typer.Typer(
    help="Start, inspect and stop a local Kafka that needs only Python packages.",
    no_args_is_help=True,
)
Data = Annotated[
    Path | None,
    typer.Option(help="Folder of records, configuration and log.", show_default="in NEWS_DATA"),
]


@app.command()
def start(
    data: Data = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Port on 127.0.0.1.", show_default="9092, or any free port"
        ),
    ] = None,
    heap: Annotated[
        int, typer.Option(min=128, help="Maximum size of the Java heap, in MiB.")
    ] = 512,
    *,
    json: JsonObject = False,
) -> None:
    """Start Kafka in the background; the first start downloads it (42 MiB)."""
    with _exit_on_error(), _show_progress_lines() as report:
        options = BrokerOptions(data=_folder(data), port=port, heap_mib=heap)
        broker = asyncio.run(start_broker(options, progress=report))
    if json:
        _print_json({**_fields(broker), "started_here": broker.started_here})
        return
    state = "started" if broker.started_here else "already running"
    out.print(
        f"Kafka {KAFKA_VERSION} {state} at [bold]{broker.bootstrap}[/bold] (process {broker.pid}, "
        f"records in {escape(str(broker.data))}). "
        f"Stop it with: streams broker stop{escape(_data_option(data))}",
        soft_wrap=True,
        highlight=False,
    )


@app.command()
def stop(data: Data = None, *, json: JsonObject = False) -> None:
    """Stop Kafka; its records are kept for the next start."""
    with _exit_on_error():
        broker = asyncio.run(stop_broker(_folder(data)))
    if json:
        _print_json({"stopped": broker is not None, **(_fields(broker) if broker else {})})
    elif broker is None:
        out.print(
            escape(f"No Kafka is running in {_folder(data)}."), soft_wrap=True, highlight=False
        )
    else:
        kept = escape(f"its records are kept in {broker.data}")
        out.print(f"Kafka at {broker.bootstrap} stopped; {kept}.", soft_wrap=True, highlight=False)


@app.command()
def status(data: Data = None, *, json: JsonObject = False) -> None:
    """Show whether Kafka is running and answers (exit code 0, otherwise 3)."""
    with _exit_on_error():
        state = asyncio.run(broker_status(_folder(data)))
    if json:
        known = _fields(state.broker) if state.broker else {}
        _print_json({"running": state.answers, "died": state.died, **known})
    else:
        out.print(escape(_status_sentence(state, data)), soft_wrap=True, highlight=False)
    if not state.answers:
        raise typer.Exit(NOT_RUNNING)


def _status_sentence(state: BrokerStatus, data: Path | None) -> str:
    start_command = f"streams broker start{_data_option(data)}"
    if state.broker is None:
        if state.died is None:
            return f"No Kafka is running in {_folder(data)}. Start it with: {start_command}"
        return (
            f"Kafka in {_folder(data)} ended unexpectedly (process {state.died}). "
            f"Restart it with: {start_command}"
        )
    broker = state.broker
    if not state.answers:
        return (
            f"Kafka at {broker.bootstrap} does not answer (process {broker.pid}): it is starting "
            f"or stuck; see {broker.log}."
        )
    return (
        f"Kafka {KAFKA_VERSION} is running at {broker.bootstrap} (process {broker.pid}, "
        f"since {broker.started.astimezone():%Y-%m-%d %H:%M:%S}, records in {broker.data})."
    )


def _folder(data: Path | None) -> Path:
    return load_settings().data / "kafka" if data is None else data


def _data_option(data: Path | None) -> str:
    return "" if data is None else f" --data {data}"


def _fields(broker: RunningBroker) -> dict[str, object]:
    return {
        "bootstrap": broker.bootstrap,
        "pid": broker.pid,
        "started": broker.started,
        "version": KAFKA_VERSION,
        "data": str(broker.data),
        "log": str(broker.log),
    }


def _print_json(fields: dict[str, object]) -> None:
    typer.echo(orjson.dumps(fields).decode())


@contextmanager
def _show_progress_lines() -> Iterator[Callable[[str], None]]:
    """Show the steps of the start: on one line in a terminal, otherwise as lines on stderr."""
    if not interactive():
        yield lambda line: err.print(escape(line), soft_wrap=True, highlight=False)
        return
    with err.status(f"Starting Kafka {KAFKA_VERSION}") as spinner:
        yield lambda line: spinner.update(escape(line))


@contextmanager
def _exit_on_error() -> Iterator[None]:
    """Print errors as one sentence, and exit with code 2."""
    try:
        yield
    except NewsStreamsError as error:
        print_error(error)
        raise typer.Exit(2) from None
