"""Kafka's errors in, ours out: said in one sentence, with what we were doing."""

import os
from types import TracebackType
from typing import Self

from aiokafka.errors import BrokerResponseError, KafkaConnectionError, KafkaError

from streams.errors import BrokerError


class _TranslateErrors:
    """Turn an error of Kafka's in the body into ours.

    A class, since one made of a generator breaks where an outer generator that
    was left early is closed with its loop: both are closed at once.

    Raises:
        BrokerError: If the body raises an error of Kafka's.
    """

    def __init__(self, doing: str) -> None:
        """Say what the body does: ``reading articles.raw.v1``."""
        self._doing = doing

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End, an error of Kafka's as ours."""
        if isinstance(error, KafkaError):
            raise BrokerError(f"{self._doing}: {describe_error(error)}") from error


translate_errors = _TranslateErrors
"""The context manager by the name under which it reads as a verb."""


def unreachable_error(broker: str, error: KafkaError | OSError) -> BrokerError:
    """Say that no connection came about.

    Examples:
        >>> from aiokafka.errors import KafkaConnectionError
        >>> str(unreachable_error("a:1", KafkaConnectionError("Unable to bootstrap from [...]")))
        'connecting to Kafka at a:1: nothing answers there; is it running? (`streams doctor`)'
    """
    return BrokerError(
        f"connecting to Kafka at {broker}: {describe_error(error)}; "
        "is it running? (`streams doctor`)"
    )


def describe_error(error: BaseException) -> str:
    """Say for people what a client of Kafka, or a broker, complains of.

    Examples:
        >>> from aiokafka.errors import RecordListTooLargeError, KafkaTimeoutError
        >>> describe_error(RecordListTooLargeError())[:34]
        'if a message batch in a produce re'
        >>> describe_error(KafkaTimeoutError()), describe_error(ConnectionRefusedError(111, "x"))
        ('Kafka does not answer in time', 'connection refused')
    """
    if isinstance(error, KafkaConnectionError):
        return "nothing answers there"
    if isinstance(error, TimeoutError) or type(error).__name__ == "KafkaTimeoutError":
        return "Kafka does not answer in time"
    if isinstance(error, OSError):
        text = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        return _sentence(text or str(error))
    if isinstance(error, BrokerResponseError) and error.description:
        return _sentence(error.description)
    said = str(error).removeprefix(f"{type(error).__name__}: ")
    return _sentence(said) if said != type(error).__name__ else said


def _sentence(text: str) -> str:
    """Spell a sentence as a part of another; what begins with a name stays."""
    text = " ".join(text.split()).rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
