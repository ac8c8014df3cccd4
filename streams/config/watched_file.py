"""Reload a configuration file when it changes."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

import structlog

from streams.errors import UsageError

log = structlog.get_logger()

T = TypeVar("T")

SETTLED_SECONDS: Final = 2.0
"""Age from which a file's time tells versions apart. Two writes within the resolution of the file
system's clock have one time (ext4: some ms, FAT: 2 s), so a younger file is read again, as git does
with its index (Documentation/technical/racy-git)."""


class WatchedFile(Generic[T]):
    """The content of a file as it is now; a version that cannot be used changes nothing.

    Looking at a file that did not change takes some microseconds. Files that are replaced by a
    rename, appear later or go away are noticed.

    Args:
        path: The file; need not exist if ``load`` can do without.
        load: Reads and checks the file.

    Attributes:
        path: The file.
        value: What ``load`` returned for the latest version that can be used.
        problem: Why the present version cannot be used; empty if it can.

    Raises:
        UsageError: If the first version cannot be used.
    """

    def __init__(self, path: Path, load: Callable[[], T]) -> None:
        self.path = path
        self.problem = ""
        self._load = load
        self._seen = _version(path)
        self.value = load()

    def refresh(self) -> bool:
        """Read the file if it changed.

        A problem is logged once for each version that has it.

        Returns:
            Whether there is another value now.
        """
        version = _version(self.path)
        if version == self._seen:
            return False
        self._seen = version
        try:
            value = self._load()
        except UsageError as error:
            if str(error) != self.problem:
                self.problem = str(error)
                log.critical("configuration not reloaded", file=str(self.path), problem=str(error))
            return False
        self.problem = ""
        if value == self.value:
            return False
        self.value = value
        log.info("configuration reloaded", file=str(self.path))
        return True


def _version(path: Path) -> object:
    """Return what differs between two versions of a file; None if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    settled = abs(time.time() - found.st_mtime) > SETTLED_SECONDS
    # The time of the inode shows a change of permissions, and a time that was set back.
    times = found.st_mtime_ns, found.st_ctime_ns
    return (*times, found.st_size, found.st_ino) if settled else object()
