"""What a source could not make an article of, and the dead letter it becomes."""

from dataclasses import dataclass
from datetime import datetime

from streams.outcome import RejectReason
from streams.records import DeadLetter
from streams.sources.bounded_reading import KEPT_BYTES

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
