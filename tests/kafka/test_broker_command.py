"""``streams broker``, live."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from streams.broker import BrokerOptions, find_broker
from streams.cli.broker import app

pytestmark = pytest.mark.kafka


def streams_broker(command: str, data: Path, *more: str) -> Result:
    return CliRunner().invoke(app, [command, "--data", str(data), *more])


@pytest.fixture
def started(broker_options: BrokerOptions) -> Iterator[Result]:
    port = str(broker_options.port)
    yield streams_broker("start", broker_options.data, "--port", port)
    streams_broker("stop", broker_options.data)


def test_broker_commands_start_report_and_stop(
    started: Result, broker_options: BrokerOptions
) -> None:
    assert started.exit_code == 0
    assert started.stdout.startswith(f"Kafka 4.3.1 started at 127.0.0.1:{broker_options.port}")
    assert f"streams broker stop --data {broker_options.data}" in started.stdout

    status = streams_broker("status", broker_options.data, "--json")
    again = streams_broker("start", broker_options.data, "--json")
    elsewhere = streams_broker("start", broker_options.data, "--port", "1")
    stopped = streams_broker("stop", broker_options.data)

    assert status.exit_code == 0
    assert orjson.loads(status.stdout)["running"]
    assert orjson.loads(again.stdout)["pid"] == orjson.loads(status.stdout)["pid"]
    assert not orjson.loads(again.stdout)["started_here"]
    assert elsewhere.exit_code == 2
    assert "stop it first" in elsewhere.output
    assert stopped.exit_code == 0
    assert find_broker(broker_options.data) is None
    assert streams_broker("status", broker_options.data).exit_code == 3
