"""``streams broker``: the local Kafka, started, looked at, stopped."""

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
from streams.cli.context import err, interactive, out
from streams.errors import NewsStreamsError
from streams.settings import load_settings

NOT_RUNNING = 3
"""Exit code of ``status``, as the Linux Standard Base has it for init scripts."""

app = typer.Typer(
    help="The local Kafka: a real one, from Python packages alone.", no_args_is_help=True
)

Data = Annotated[
    Path | None,
    typer.Option(help="Its folder: records, settings, log.", show_default="the user's own"),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@app.command()
def start(
    data: Data = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="On 127.0.0.1.", show_default="9092, or a free one"),
    ] = None,
    heap: Annotated[int, typer.Option(min=128, help="Limit of Java's heap, MiB.")] = 512,
    *,
    json: Json = False,
) -> None:
    """Start Kafka and leave it running; the first time it is fetched (42 MiB)."""
    with _complaints(), _progress() as report:
        options = BrokerOptions(data=_folder(data), port=port, heap_mib=heap)
        broker = asyncio.run(start_broker(options, progress=report))
    if json:
        _print_json({**_fields(broker), "started_here": broker.started_here})
        return
    verb = "runs" if broker.started_here else "was running already"
    out.print(
        f"Kafka {KAFKA_VERSION} {verb} at [bold]{broker.bootstrap}[/bold] (process {broker.pid}, "
        f"records in {escape(str(broker.data))}). "
        f"Stop it with: streams broker stop{escape(_data_option(data))}",
        soft_wrap=True,
        highlight=False,
    )


@app.command()
def stop(data: Data = None, *, json: Json = False) -> None:
    """Stop Kafka; its records stay, and it goes on with them when it is started again."""
    with _complaints():
        broker = asyncio.run(stop_broker(_folder(data)))
    if json:
        _print_json({"stopped": broker is not None, **(_fields(broker) if broker else {})})
    elif broker is None:
        out.print(escape(f"No Kafka runs in {_folder(data)}."), soft_wrap=True, highlight=False)
    else:
        kept = escape(f"its records stay in {broker.data}")
        out.print(
            f"Kafka at {broker.bootstrap} has stopped; {kept}.", soft_wrap=True, highlight=False
        )


@app.command()
def status(data: Data = None, *, json: Json = False) -> None:
    """Tell whether Kafka runs and answers: exit code 0, else 3."""
    with _complaints():
        found = asyncio.run(broker_status(_folder(data)))
    if json:
        known = _fields(found.broker) if found.broker else {}
        _print_json({"running": found.answers, "died": found.died, **known})
    else:
        out.print(escape(_sentence(found, data)), soft_wrap=True, highlight=False)
    if not found.answers:
        raise typer.Exit(NOT_RUNNING)


def _sentence(found: BrokerStatus, data: Path | None) -> str:
    again = f"streams broker start{_data_option(data)}"
    if found.broker is None:
        if found.died is None:
            return f"No Kafka runs in {_folder(data)}. Start one with: {again}"
        return (
            f"Kafka in {_folder(data)} is gone without having been stopped (process {found.died}). "
            f"Go on with its records: {again}"
        )
    broker = found.broker
    if not found.answers:
        return (
            f"Kafka at {broker.bootstrap} does not answer (process {broker.pid}): it is starting, "
            f"or stuck; {broker.log} may tell."
        )
    return (
        f"Kafka {KAFKA_VERSION} runs at {broker.bootstrap} (process {broker.pid}, "
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
def _progress() -> Iterator[Callable[[str], None]]:
    """Show what takes time: on one line of a terminal, else as plain lines on stderr."""
    if not interactive():
        yield lambda line: err.print(escape(line), soft_wrap=True, highlight=False)
        return
    with err.status(f"Starting Kafka {KAFKA_VERSION}") as spinner:
        yield lambda line: spinner.update(escape(line))


@contextmanager
def _complaints() -> Iterator[None]:
    """Turn an error into one sentence and exit code 2."""
    try:
        yield
    except NewsStreamsError as error:
        err.print(f"[red]streams:[/red] {escape(str(error))}", soft_wrap=True, highlight=False)
        raise typer.Exit(2) from None
