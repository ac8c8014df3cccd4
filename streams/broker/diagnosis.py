"""Why Kafka did not start, from what it left in its log and what Java printed. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """What kept Kafka from starting."""

    PORT_TAKEN = "port_taken"
    """Another program was quicker."""
    SLOW = "slow"
    """It lived, but did not answer in time."""
    OTHER = "other"
    """Anything else."""


@dataclass(frozen=True)
class Diagnosis:
    """A cause, in words.

    Attributes:
        trouble: What a program can react to.
        text: What a person reads: cause and remedy.
    """

    trouble: FailureKind
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
"""Texts of Kafka 4.3.1 and Java 25, each seen by provoking it; the first that is found counts."""

_SEVERE = re.compile(r"^\[[^\]]*\] (?:ERROR|FATAL) (.*?)(?: \([\w.$]+\))?$", re.MULTILINE)
_THROWN = re.compile(r"^(?:Caused by: )?[\w.$]+(?:Exception|Error): (.+)$", re.MULTILINE)


def diagnose(said: str) -> Diagnosis:
    """Say why Kafka ended.

    Args:
        said: Its log and its output since it was started.

    Examples:
        >>> diagnose("java.net.BindException: Address already in use").trouble.value
        'port_taken'
        >>> diagnose("[x] ERROR Exiting Kafka (kafka.Kafka$)").text
        'it said: Exiting Kafka'
        >>> diagnose("").text
        'it said nothing'
    """
    for pattern, trouble, text in _KNOWN:
        if pattern.search(said):
            return Diagnosis(trouble, text)
    found = _THROWN.findall(said) or _SEVERE.findall(said) or said.splitlines()
    last = found[-1].strip()[:300] if found else ""
    return Diagnosis(FailureKind.OTHER, f"it said: {last}" if last else "it said nothing")
