"""The cause of a failed start of Kafka, found in its log and in Java's output. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Kind of failure that kept Kafka from starting."""

    PORT_TAKEN = "port_taken"
    """Another program took the port first."""
    SLOW = "slow"
    """Kafka ran, but did not answer in time."""
    OTHER = "other"
    """Anything else."""


@dataclass(frozen=True)
class Diagnosis:
    """The cause of a failed start.

    Attributes:
        kind: Kind of failure, for programs.
        text: Cause and remedy, for people.
    """

    kind: FailureKind
    text: str


_KNOWN = (
    (
        re.compile(r"Address already in use|Socket server failed to bind"),
        FailureKind.PORT_TAKEN,
        "another program has taken its port; choose another with --port",
    ),
    (
        re.compile(r"Failed to acquire lock on file"),
        FailureKind.OTHER,
        "another Kafka uses this folder; stop it, or choose another folder with --data",
    ),
    (
        re.compile(r"No space left on device"),
        FailureKind.OTHER,
        "the disk is full; make room, or choose a folder on another disk with --data",
    ),
    (
        re.compile(
            r"OutOfMemoryError|Could not reserve|insufficient memory|Too small maximum heap"
        ),
        FailureKind.OTHER,
        "there is not enough memory; close other programs, or give it another share with --heap",
    ),
    (
        re.compile(r"AccessDeniedException|Permission denied|Read-only file system"),
        FailureKind.OTHER,
        "it may not write into its folder; choose another with --data",
    ),
)
"""Messages of Kafka 4.3.1 and Java 25, each seen by provoking it; the first match counts."""

_SEVERE = re.compile(r"^\[[^\]]*\] (?:ERROR|FATAL) (.*?)(?: \([\w.$]+\))?$", re.MULTILINE)
_THROWN = re.compile(r"^(?:Caused by: )?[\w.$]+(?:Exception|Error): (.+)$", re.MULTILINE)


def diagnose(output: str) -> Diagnosis:
    """Return why Kafka ended.

    Args:
        output: Text of its log and its output since its start.

    Examples:
        >>> diagnose("java.net.BindException: Address already in use").kind.value
        'port_taken'
        >>> diagnose("[x] ERROR Exiting Kafka (kafka.Kafka$)").text
        'its last message: Exiting Kafka'
        >>> diagnose("").text
        'it logged nothing'
    """
    for pattern, kind, text in _KNOWN:
        if pattern.search(output):
            return Diagnosis(kind, text)
    messages = _THROWN.findall(output) or _SEVERE.findall(output) or output.splitlines()
    last = messages[-1].strip()[:300] if messages else ""
    text = f"its last message: {last}" if last else "it logged nothing"
    return Diagnosis(FailureKind.OTHER, text)
