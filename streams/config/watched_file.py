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
"""Age from which a file's time identifies its version. Two writes within the resolution of the file
system's clock have the same time (ext4: some ms, FAT: 2 s), so a younger file is read again, as git
does with its index (Documentation/technical/racy-git)."""


class WatchedFile(Generic[T]):
    """The current content of a file; an invalid version leaves the previous value in place.

    Checking an unchanged file takes some microseconds. Files that are replaced by a rename,
    created later or removed are detected.

    Args:
        path: The file; need not exist if ``load`` accepts that.
        load: Reads and validates the file.

    Attributes:
        path: The file.
        value: Result of ``load`` for the latest valid version.
        problem: Why the current version is invalid; empty if it is valid.

    Raises:
        UsageError: If the first version is invalid.
    """

    def __init__(self, path: Path, load: Callable[[], T]) -> None:
        self.path = path
        self.problem = ""
        self._load = load
        self._seen = _version(path)
        self.value = load()

    def refresh(self) -> bool:
        """Read the file if it changed.

        The same problem in consecutive versions is logged once.

        Returns:
            Whether the value changed.
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
    """Return a value that differs between two versions of a file; None if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    is_settled = abs(time.time() - status.st_mtime) > SETTLED_SECONDS
    # The inode's change time shows a change of permissions, and an mtime that was set back.
    times = status.st_mtime_ns, status.st_ctime_ns
    return (*times, status.st_size, status.st_ino) if is_settled else object()
