"""A log file of limited size: when it is full it becomes the former one, which is replaced."""

from contextlib import suppress
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from streams.runtime.private_folder import ensure_private_folder


class RotatingLog:
    """Appends bytes to a file and keeps it and its predecessor within a size.

    The current file is ``clean-1.log``, the former one ``clean-1.log.1``; each has at most half of
    the size. A full disk loses log lines, and nothing else: the writer goes on.

    Args:
        path: The current file; its folder is created.
        max_bytes: Maximum size of both files together.
    """

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        self.path = path
        self._half = max(1, max_bytes // 2)
        self._file: BinaryIO | None = None
        self._size = 0

    @property
    def former_path(self) -> Path:
        """The former file."""
        return self.path.with_name(f"{self.path.name}.1")

    def write(self, data: bytes) -> None:
        """Append bytes; begin a new file where they do not fit, if possible after a line."""
        with suppress(OSError):
            self._open()
            while data:
                room = self._half - self._size
                if len(data) > room:
                    head = data[: max(0, room)]
                    cut = head.rfind(b"\n") + 1
                    # A line longer than a file is cut.
                    cut = cut or (len(head) if self._size == 0 else 0)
                else:
                    cut = len(data)
                self._append(data[:cut])
                data = data[cut:]
                if data:
                    self._rotate()

    def close(self) -> None:
        """Close the current file."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _open(self) -> None:
        if self._file is None:
            ensure_private_folder(self.path.parent)
            self._file = self.path.open("ab", buffering=0)
            self._size = self._file.tell()
            if self._size > self._half:  # the limit was lowered, or an older version wrote it
                self.close()
                _keep_end(self.path, self._half)
                self._rotate()

    def _append(self, data: bytes) -> None:
        if self._file is not None and data:
            self._file.write(data)
            self._size += len(data)

    def _rotate(self) -> None:
        self.close()
        self.path.replace(self.former_path)
        self._open()


def _keep_end(path: Path, n_bytes: int) -> None:
    """Cut a file to its last bytes, in a new file: it may be larger than memory."""
    with path.open("rb") as file:
        file.seek(-n_bytes, SEEK_END)
        end = file.read(n_bytes)
    path.unlink()
    path.write_bytes(end)
