"""Check whether a broker answers: a metadata request, not an open port and not a line in a log."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

from streams.broker.config import HOST
from streams.broker.options import DataFolder
from streams.broker.process import runs_broker

PATIENCE = timedelta(seconds=2)
"""Time limit of one request."""

POLL = timedelta(milliseconds=50)


async def wait_until_answering(
    pid: int, folder: DataFolder, port: int, *, cluster_id: str | None = None, within: timedelta
) -> bool:
    """Wait until a broker answers.

    Args:
        pid: Process id of the broker.
        folder: Folder of the broker.
        port: Port for clients.
        cluster_id: Cluster that must answer; by default any cluster.
        within: How long to wait.

    Returns:
        True if it answers; False if it has ended or takes too long.
    """
    deadline = time.monotonic() + within.total_seconds()
    while runs_broker(pid, folder.properties) and time.monotonic() < deadline:
        answering = await fetch_metadata(port)
        if answering is not None and cluster_id in (None, answering):
            return True
        await asyncio.sleep(POLL.total_seconds())
    return False


async def fetch_metadata(port: int, *, within: timedelta = PATIENCE) -> str | None:
    """Request metadata and return the id of the cluster.

    Args:
        port: Port on 127.0.0.1.
        within: How long to wait for the answer.

    Returns:
        The id of the cluster that answers with a broker in service; None if there is no answer.
    """
    # Importing aiokafka takes 0.1 s, and most commands never call this. The connection is used,
    # not the client, because the client logs each attempt as an error.
    from aiokafka.conn import create_conn  # noqa: PLC0415
    from aiokafka.errors import KafkaError  # noqa: PLC0415
    from aiokafka.protocol.metadata import MetadataRequest  # noqa: PLC0415

    with suppress(OSError, KafkaError, TimeoutError):
        async with asyncio.timeout(within.total_seconds()):
            connection = await create_conn(HOST, port, request_timeout_ms=_milliseconds(within))
            try:
                answer = await connection.send(MetadataRequest([]))
            finally:
                connection.close()
            return str(answer.cluster_id) if answer.brokers else None
    return None


def _milliseconds(quantity: timedelta) -> int:
    return quantity // timedelta(milliseconds=1)
