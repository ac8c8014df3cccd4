"""Alerts as lines of JSON in a file: a channel for News Streams."""

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
    """The keys of its table in ``channels.toml``.

    Attributes:
        file: Path of the file; it is created where it is missing.
        sync: Whether a message counts as delivered only once it is on the disk.
    """

    file: str
    sync: bool = False


class FileChannel:
    """Appends a line for each message; a repeat after a crash has the same id."""

    Options = FileOptions
    formats = (BodyFormat.TEXT,)

    def __init__(self, options: FileOptions, context: ChannelContext) -> None:  # noqa: ARG002
        """Open nothing yet.

        Args:
            options: From the file of channels.
            context: For channels that send over the network.
        """
        self._options = options

    async def send(self, message: Notification) -> SendResult:
        """Write the line; an error of the disk is raised, and News Streams tries again later."""
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
