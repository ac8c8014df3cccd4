"""Encode records as JSON, and decode and validate them."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import msgspec

from streams.records.record import Record

R = TypeVar("R", bound=Record)


class DecodeProblem(StrEnum):
    """Reason why bytes cannot be decoded as a record."""

    NOT_JSON = "not_json"
    """The bytes are not JSON."""
    NOT_THIS_RECORD = "not_this_record"
    """The JSON lacks a required field, or a field has an invalid value."""


class DecodeError(ValueError):
    """Bytes that cannot be decoded as the expected record.

    Attributes:
        problem: Reason of the failure.
        detail: Description and location, such as ``Expected `str`, got `int` - at `$.title```.
    """

    def __init__(self, problem: DecodeProblem, detail: str) -> None:
        """Create the error from its reason and its detail."""
        super().__init__(f"{problem}: {detail}")
        self.problem = problem
        self.detail = detail


_ENCODER = msgspec.json.Encoder()


@cache
def _decoder(record: type[Record]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(record)


def encode(record: Record) -> bytes:
    """Return a record as JSON in UTF-8.

    Raises:
        ValueError: If a string contains a lone surrogate, which UTF-8 cannot encode.

    Examples:
        >>> from streams.records.clean import Site
        >>> encode(Site(name="News", domain="news.test"))
        b'{"name":"News","domain":"news.test"}'
    """
    return _ENCODER.encode(record)


def decode(data: bytes, record: type[R]) -> R:
    """Decode a record from JSON and validate every type, range and pattern.

    Unknown fields are ignored: a newer writer may have added them.

    Args:
        data: JSON object in UTF-8.
        record: Expected type.

    Raises:
        DecodeError: If ``data`` is not JSON, or is not a valid record of this type.

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


def decode_one_of(data: bytes, records: Sequence[type[Record]]) -> Record:
    """Decode bytes as the most demanding of several record types that they satisfy.

    A duplicate has every field that an enriched article must have, and more,
    so the record type with the most required fields is tried first.

    Raises:
        DecodeError: If they are none of these records; names what the least demanding one misses.
    """
    *demanding, last = _sort_by_demand(tuple(records))
    for record in demanding:
        try:
            return decode(data, record)
        except DecodeError:
            continue
    return decode(data, last)


@cache
def _sort_by_demand(records: tuple[type[Record], ...]) -> tuple[type[Record], ...]:
    return tuple(sorted(records, key=_n_required, reverse=True))


def _n_required(record: type[Record]) -> int:
    return sum(field.required for field in msgspec.structs.fields(record))
