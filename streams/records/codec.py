"""Encode records as JSON, and decode and validate them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

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

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


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
    check_times(decoded)
    return decoded


def check_times(record: Record) -> None:
    """Check that all times of a record can be written in UTC, which every reader may do.

    With its offset, a valid time can be in the year 0 or 10,000, which Python cannot convert.

    Raises:
        DecodeError: If one cannot.
    """
    for path, time in _times_in(record):
        if not _EARLIEST <= time <= _LATEST:
            detail = f"the time is not in the years 1 to 9999 of UTC - at `$.{path}`"
            raise DecodeError(DecodeProblem.NOT_THIS_RECORD, detail)


def _times_in(record: Record) -> Iterator[tuple[str, datetime]]:
    """Yield the times of a record and its parts, with their names."""
    for name in _fields_with_times(type(record)):
        value = getattr(record, name)
        if isinstance(value, datetime):
            yield name, value
            continue
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Record):
                for path, time in _times_in(part):
                    yield f"{name}.{path}", time


@cache
def _fields_with_times(record: type[Record]) -> tuple[str, ...]:
    """Return the fields of a record type that may hold a time, or records that hold some."""
    return tuple(
        field.encode_name
        for field, hint in _typed_fields(record)
        if any(
            part is datetime or (_is_record(part) and _fields_with_times(part))
            for part in _parts_of(hint)
        )
    )


def _typed_fields(record: type[Record]) -> Iterator[tuple[msgspec.structs.FieldInfo, Any]]:
    hints = get_type_hints(record)
    for field in msgspec.structs.fields(record):
        yield field, hints[field.name]


def _parts_of(hint: Any) -> Iterator[Any]:
    """Yield a type, or the types in a union, sequence or annotation."""
    parts = get_args(hint)
    if parts:
        for part in parts:
            yield from _parts_of(part)
    else:
        yield hint


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Record)


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
