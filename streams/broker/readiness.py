"""Whether a broker answers: a metadata request, not an open port and not a line in a log."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta

from streams.broker.config import HOST
from streams.broker.options import DataFolder
from streams.broker.process import runs_broker

PATIENCE = timedelta(seconds=2)
"""For one answer."""

POLL = timedelta(milliseconds=50)


async def wait_until_answering(
    pid: int, folder: DataFolder, port: int, *, cluster_id: str | None = None, within: timedelta
) -> bool:
    """Wait until a broker answers.

    Args:
        pid: Its process.
        folder: Its folder.
        port: Where clients connect.
        cluster_id: Whose answer counts; none: anybody's.
        within: How long to wait.

    Returns:
        Whether it does; else it has ended or takes too long.
    """
    deadline = time.monotonic() + within.total_seconds()
    while runs_broker(pid, folder.properties) and time.monotonic() < deadline:
        answering = await fetch_metadata(port)
        if answering is not None and cluster_id in (None, answering):
            return True
        await asyncio.sleep(POLL.total_seconds())
    return False


async def fetch_metadata(port: int, *, within: timedelta = PATIENCE) -> str | None:
    """Ask for metadata.

    Args:
        port: Of 127.0.0.1.
        within: How long to wait for the answer.

    Returns:
        The id of the cluster that answers there with a broker in service; none if nothing does.
    """
    # aiokafka takes 0.1 s to import, and most commands never ask. Its connection is used and
    # not its client: the client logs each attempt as an error.
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
