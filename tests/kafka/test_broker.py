"""The local broker, live: started, found, stopped, damaged."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.broker import (
    BrokerOptions,
    broker_status,
    find_broker,
    start_broker,
    stop_broker,
    watch_broker,
)
from streams.broker.config import HOST
from streams.broker.options import KAFKA_VERSION, DataFolder
from streams.broker.process import runs_broker
from streams.broker.readiness import fetch_metadata
from streams.broker.storage import META
from streams.errors import BrokerError
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka

SOON = timedelta(seconds=30)


async def topics(bootstrap: str, *, create: str | None = None) -> list[str]:
    """Return the broker's topics, after creating one if requested."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        if create is not None:
            await admin.create_topics([NewTopic(create, num_partitions=2, replication_factor=1)])
        return list(await admin.list_topics())
    finally:
        await admin.close()


async def test_broker_keeps_its_records_over_a_restart(broker_options: BrokerOptions) -> None:
    first = await start_broker(broker_options)
    await topics(first.bootstrap, create="kept.v1")
    running = await broker_status(broker_options.data)
    await first.stop()
    stopped = await broker_status(broker_options.data)
    second = await start_broker(broker_options)

    assert first.bootstrap == f"{HOST}:{broker_options.port}"
    assert running.answers
    assert running.broker is not None
    assert running.broker.pid == first.pid
    assert (stopped.broker, stopped.answers, stopped.died) == (None, False, None)
    assert "kept.v1" in await topics(second.bootstrap)


async def test_concurrent_starts_return_one_broker(broker_options: BrokerOptions) -> None:
    one, other = await asyncio.gather(start_broker(broker_options), start_broker(broker_options))

    assert one.pid == other.pid
    assert sorted([one.started_here, other.started_here]) == [False, True]


async def test_taken_port_is_left_and_another_used(broker_options: BrokerOptions) -> None:
    before = await start_broker(broker_options)
    await before.stop()
    reports: list[str] = []
    with socket.create_server((HOST, before.port)):
        with pytest.raises(BrokerError, match="another program uses it"):
            await start_broker(broker_options)
        elsewhere = await start_broker(replace(broker_options, port=None), progress=reports.append)

    assert elsewhere.port != before.port
    assert reports == [f"Another program uses port {before.port}; using {elsewhere.port}"]
    assert await fetch_metadata(elsewhere.port)


async def test_killed_broker_is_restarted_with_its_records(broker_options: BrokerOptions) -> None:
    broker = await start_broker(broker_options)
    await topics(broker.bootstrap, create="kept.v1")
    reports: list[str] = []
    watch = asyncio.create_task(watch_broker(broker, broker_options, report=reports.append))
    os.kill(broker.pid, signal.SIGKILL)
    await eventually(lambda: reports[1:], within=SOON)
    topics_after = await topics(broker.bootstrap)
    await stop_broker(broker_options.data)
    await asyncio.wait_for(watch, SOON.total_seconds())

    assert "kept.v1" in topics_after
    assert reports == [
        f"Kafka at {broker.bootstrap} was killed by SIGKILL; restarting it",
        f"Kafka is back at {broker.bootstrap}",
        f"Kafka at {broker.bootstrap} was stopped",
    ]


async def test_unwatched_death_is_reported_and_start_works(broker_options: BrokerOptions) -> None:
    broker = await start_broker(broker_options)
    os.kill(broker.pid, signal.SIGKILL)
    folder = DataFolder.at(broker_options.data)
    await eventually(lambda: not runs_broker(broker.pid, folder.properties))

    assert (await broker_status(broker_options.data)).died == broker.pid
    assert (await start_broker(broker_options)).port == broker.port


async def test_broker_is_found_without_its_state_file(broker_options: BrokerOptions) -> None:
    broker = await start_broker(broker_options)
    DataFolder.at(broker_options.data).state.write_text("{half a st")

    found = find_broker(broker_options.data)

    assert found is not None
    assert (found.pid, found.bootstrap) == (broker.pid, broker.bootstrap)


async def test_records_without_identity_are_restored(broker_options: BrokerOptions) -> None:
    broker = await start_broker(broker_options)
    await topics(broker.bootstrap, create="kept.v1")
    await broker.stop()
    (DataFolder.at(broker_options.data).records / META).unlink()

    again = await start_broker(broker_options)

    assert "kept.v1" in await topics(again.bootstrap)


async def test_second_kafka_on_the_same_records_is_refused(
    broker_options: BrokerOptions, tmp_path: Path
) -> None:
    broker = await start_broker(broker_options)
    other = tmp_path / "other"
    other.mkdir()
    (other / "records").symlink_to(DataFolder(broker.data).records)

    with pytest.raises(BrokerError, match="another Kafka uses this folder"):
        await start_broker(replace(broker_options, data=other, port=None))


async def test_folder_may_have_any_name_and_archive_be_broken(
    broker_options: BrokerOptions, tmp_path: Path
) -> None:
    home = tmp_path / "cäche $x" / f"kafka-{KAFKA_VERSION}"
    home.mkdir(parents=True)
    for path in (broker_options.cache / home.name).iterdir():
        (home / path.name).symlink_to(path)
    archive = next(home.glob("java-*"))
    archive.unlink()
    archive.write_bytes(b"not an archive")
    options = replace(
        broker_options, cache=home.parent, data=broker_options.data / "Zoë's $HOME #1 ${x}=新聞"
    )

    broker = await start_broker(options)

    assert await fetch_metadata(broker.port)
    assert broker.log.stat().st_size > 0
    await broker.stop()


PARENT = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from streams.broker import BrokerOptions, start_broker

async def main():
    options = BrokerOptions(data=Path(sys.argv[1]), cache=Path(sys.argv[2]), die_with_parent=True)
    await start_broker(options)
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_tied_broker_dies_with_its_parent(broker_options: BrokerOptions) -> None:
    command = [sys.executable, "-c", PARENT, str(broker_options.data), str(broker_options.cache)]
    parent = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    await parent.stdout.readline()
    broker = find_broker(broker_options.data)
    parent.kill()
    await parent.communicate()

    assert broker is not None
    await eventually(lambda: find_broker(broker_options.data) is None)
