"""Rejections of input that is not an article, and their dead letters."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from streams.outcome import RejectReason
from streams.records import DeadLetter
from streams.runtime.regular_file import NotRegularFileError, open_regular
from streams.sources.bounded_reading import KEPT_BYTES, UNPACKING_ERRORS, file_digest, unpacked

STAGE = "sources"
"""Name of the stage in dead letters of sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Input of a source that is not an article.

    Attributes:
        reason: Reason of the rejection.
        detail: Location and problem: path, line, size, SHA-256.
        value: The first 64 KiB of the input.
    """

    reason: RejectReason
    detail: str
    value: bytes = b""


def source_dead_letter(problem: Rejected, *, now: datetime) -> DeadLetter:
    """Return the dead letter of input that was not sent to Kafka.

    Args:
        problem: The rejection.
        now: Time of the rejection.

    Returns:
        A dead letter of the stage ``sources``, without topic, key and origin.
    """
    return DeadLetter(
        stage=STAGE,
        reason=problem.reason,
        detail=problem.detail[:4000],
        time=now,
        value=problem.value[:KEPT_BYTES],
    )


def unreadable_file(path: Path, error: Exception) -> Rejected:
    """Return the rejection of a file that cannot be read to its end."""
    if isinstance(error, NotRegularFileError):
        return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=str(error))
    message = str(error) or type(error).__name__
    detail = f"{path}: cannot be read to its end: {message}"
    value = _first_bytes(path)
    return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail, value=value)


def large_file(path: Path, why: str) -> Rejected:
    """Return the rejection of a file that is too large, with its size and digest."""
    n_bytes, sha256 = file_digest(path)
    detail = f"{path}: {why}; {n_bytes} bytes, sha256 {sha256}"
    return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=_first_bytes(path))


def _first_bytes(path: Path) -> bytes:
    """Return the first 64 KiB of a file for inspection, decompressed if possible."""
    try:
        with unpacked(path) as stream:
            return stream.read(KEPT_BYTES)
    except UNPACKING_ERRORS:
        pass
    try:
        with open_regular(path) as packed:
            return packed.read(KEPT_BYTES)
    except OSError:
        return b""
