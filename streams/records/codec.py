"""Bytes to records and back: the one place where they meet."""

from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import msgspec

from streams.records.record import Record

R = TypeVar("R", bound=Record)


class DecodeProblem(StrEnum):
    """What kept bytes from being a record."""

    NOT_JSON = "not_json"
    """They are no JSON at all."""
    NOT_THIS_RECORD = "not_this_record"
    """They are JSON, but a field is missing or has a wrong value."""


class DecodeError(ValueError):
    """Bytes are not the record that they should be.

    Attributes:
        problem: What kept them from it.
        detail: Where and what, such as ``Expected `str`, got `int` - at `$.title```.
    """

    def __init__(self, problem: DecodeProblem, detail: str) -> None:
        """Keep what was wrong."""
        super().__init__(f"{problem}: {detail}")
        self.problem = problem
        self.detail = detail


_ENCODER = msgspec.json.Encoder()


@cache
def _decoder(record: type[Record]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(record)


def encode(record: Record) -> bytes:
    """Write a record as JSON.

    Raises:
        ValueError: If a text holds a lone surrogate, which no UTF-8 can carry.

    Examples:
        >>> from streams.records.clean import Site
        >>> encode(Site(name="News", domain="news.test"))
        b'{"name":"News","domain":"news.test"}'
    """
    return _ENCODER.encode(record)


def decode(data: bytes, record: type[R]) -> R:
    """Read a record from JSON, checking every type, range and pattern.

    Fields that the record does not have are ignored: they come from a newer
    writer.

    Args:
        data: A JSON object in UTF-8.
        record: What it should be.

    Raises:
        DecodeError: If ``data`` is no JSON, or is no such record.

    Examples:
        >>> from streams.records.clean import Site
        >>> decode(b'{"name": "News", "new": 1}', Site)
        Site(name='News', domain='')
        >>> decode(b"{", Site)
        Traceback (most recent call last):
        streams.records.codec.DecodeError: not_json: Input data was truncated
    """
    try:
        decoded: R = _decoder(record).decode(data)
    except msgspec.ValidationError as error:
        raise DecodeError(DecodeProblem.NOT_THIS_RECORD, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError(DecodeProblem.NOT_JSON, str(error)) from error
    return decoded
