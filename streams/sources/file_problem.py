"""Files that no article can be made of: path in, a problem that names size and digest out."""

from pathlib import Path

from streams.outcome import RejectReason
from streams.sources.bounded_reading import KEPT_BYTES, UNPACKING_ERRORS, file_digest, unpacked
from streams.sources.rejection import Rejected


def unreadable_file(path: Path, error: Exception) -> Rejected:
    """Say that a file cannot be read, or not to its end."""
    said = str(error) or type(error).__name__
    detail = f"{path}: cannot be read to its end: {said}"
    value = first_bytes(path)
    return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail, value=value)


def large_file(path: Path, why: str) -> Rejected:
    """Say that a file is too large, with what tells it from others."""
    n_bytes, sha256 = file_digest(path)
    detail = f"{path}: {why}; {n_bytes} bytes, sha256 {sha256}"
    return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=first_bytes(path))


def first_bytes(path: Path) -> bytes:
    """Give the start of a file, unpacked where that goes, for people to look at."""
    try:
        with unpacked(path) as stream:
            return stream.read(KEPT_BYTES)
    except UNPACKING_ERRORS:
        pass
    try:
        with path.open("rb") as packed:
            return packed.read(KEPT_BYTES)
    except OSError:
        return b""
