"""Open regular files only: no pipe that blocks, no device without an end, no link to elsewhere."""

import errno
import io
import os
import stat
from pathlib import Path
from typing import Final

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)

KINDS: Final = (
    (stat.S_ISLNK, "a symbolic link; name the file that it leads to"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe, not a file; use - to read standard input"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


class NotRegularFileError(OSError):
    """A path is not a regular file; the message is one sentence."""


def open_regular(path: Path, *, links: bool = False) -> io.BufferedReader:
    """Open a regular file for reading; what is opened is checked, not what the path was before.

    Args:
        path: The file.
        links: Whether a symbolic link at the end of the path is followed, as for configuration,
            which deployments mount as links. Links within a folder of articles may lead to any
            file that this process can read.

    Raises:
        NotRegularFileError: If it is a link, a pipe, a device, a socket or a folder.
        OSError: If it cannot be opened.
    """
    return open(regular_descriptor(path, links=links), "rb")


def regular_descriptor(path: Path, *, links: bool = False) -> int:
    """Return the descriptor of a regular file; see `open_regular`."""
    try:
        descriptor = os.open(path, _FLAGS | (0 if links else _NO_LINK))
    except OSError as error:
        is_irregular = error.errno in {errno.ELOOP, errno.EMLINK, errno.ENXIO}
        if is_irregular and (kind := irregular_kind(path)):
            raise NotRegularFileError(f"{path}: {kind}") from error
        raise
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise NotRegularFileError(f"{path}: {_kind(mode)}")
    return descriptor


def irregular_kind(path: Path, *, links: bool = False) -> str:
    """Return what a path is, if it is no regular file; empty if it is one.

    Raises:
        OSError: If there is nothing at the path.
    """
    mode = (path.stat() if links else path.lstat()).st_mode
    return "" if stat.S_ISREG(mode) else _kind(mode)


def read_text(path: Path, *, encoding: str = "utf-8-sig") -> str:
    """Return the text of a regular file, or of one that a link leads to.

    Raises:
        OSError: If it cannot be read, or is not a regular file.
        UnicodeDecodeError: If it is not text in this encoding.
    """
    with open_regular(path, links=True) as file:
        return file.read().decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def _kind(mode: int) -> str:
    return next((words for is_kind, words in KINDS if is_kind(mode)), "not a file")
