"""A channel for News Streams that writes alerts to a file, one line of JSON each."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from streams.alerts.templates.format import BodyFormat
from streams.deliver.channels.message import Notification
from streams.deliver.channels.plugin import ChannelContext
from streams.deliver.channels.result import ACCEPTED, SendResult


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """The keys of the channel's table in ``channels.toml``.

    Attributes:
        file: Path of the file, which is created if it does not exist.
        sync: Whether a message counts as delivered only when it is on the disk.
    """

    file: str
    sync: bool = False


class FileChannel:
    """Appends a line for each message; a message repeated after a crash has the same id.

    Args:
        options: The channel's table in the file of channels.
        context: Shared resources of channels that use the network; not used.
    """

    Options = FileOptions
    formats = (BodyFormat.TEXT,)

    def __init__(self, options: FileOptions, context: ChannelContext) -> None:  # noqa: ARG002
        self._options = options

    async def send(self, message: Notification) -> SendResult:
        """Append the line; raises disk errors, after which News Streams retries later."""
        line = {
            "id": message.id,
            "search": message.subscription.id,
            "title": message.title,
            "text": message.bodies[BodyFormat.TEXT],
            "alerts": message.alerts,
        }
        await asyncio.to_thread(self._append, msgspec.json.encode(line) + b"\n")
        return ACCEPTED

    def _append(self, line: bytes) -> None:
        with Path(self._options.file).open("ab") as file:
            file.write(line)
            if self._options.sync:
                file.flush()
                os.fsync(file.fileno())
