"""Describe input that a source cannot turn into an article, and make a dead letter of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from streams.outcome import RejectReason
from streams.records import DeadLetter
from streams.sources.bounded_reading import KEPT_BYTES, UNPACKING_ERRORS, file_digest, unpacked

STAGE = "sources"
"""How dead letters name the sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something a source found that is no article.

    Attributes:
        reason: Why not.
        detail: What is wrong and where: path, line, size, SHA-256.
        value: Its first 64 KiB.
    """

    reason: RejectReason
    detail: str
    value: bytes = b""


def source_dead_letter(problem: Rejected, *, now: datetime) -> DeadLetter:
    """Make the dead letter of what never reached Kafka.

    Args:
        problem: What was wrong.
        now: When it was refused.

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
    """Return the problem of a file that cannot be read to its end."""
    said = str(error) or type(error).__name__
    detail = f"{path}: cannot be read to its end: {said}"
    value = _first_bytes(path)
    return Rejected(reason=RejectReason.UNREADABLE_BODY, detail=detail, value=value)


def large_file(path: Path, why: str) -> Rejected:
    """Return the problem of a file that is too large, with its size and digest."""
    n_bytes, sha256 = file_digest(path)
    detail = f"{path}: {why}; {n_bytes} bytes, sha256 {sha256}"
    return Rejected(reason=RejectReason.TOO_LARGE, detail=detail, value=_first_bytes(path))


def _first_bytes(path: Path) -> bytes:
    """Return the start of a file, unpacked if possible, for people to look at."""
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
