"""Records grow: old bytes are still decoded, and old readers accept new fields.

msgspec's four rules for this: new fields have defaults, no field changes its name or its type,
and no removed field is used again with another meaning.
"""

from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streams.records
from streams.records import DecodeError, Record, decode, encode
from streams.records.topics import TOPICS
from tests.support.builders import clean_article
from tests.support.strategies import records

FROZEN = Path(__file__).parent / "evolution"
OLD_BYTES = sorted(FROZEN.glob("*/*/*.json"))
ENUMERATIONS = orjson.loads((FROZEN / "v1" / "enumerations.json").read_bytes())
EVERY_RECORD = sorted(
    {one for topic in TOPICS for one in topic.records}, key=lambda one: one.__name__
)


def name_of(path: Path) -> str:
    """Return record and name of frozen bytes, as a test id."""
    return "/".join((*path.parts[-3:-1], path.stem))


def record_of(path: Path) -> type[Record]:
    """Return the record type of frozen bytes."""
    record: type[Record] = getattr(streams.records, path.parent.name)
    return record


def newer(record: type[Record]) -> Any:
    """Return a possible future version of a record: one more field, which has a default."""
    return msgspec.defstruct(
        f"Newer{record.__name__}",
        [("added_later", tuple[str, ...], ())],
        bases=(record,),
        frozen=True,
        kw_only=True,
    )


def test_every_record_has_frozen_bytes() -> None:
    folders = {path.parent.name for path in OLD_BYTES}

    assert folders == {record.__name__ for record in EVERY_RECORD}


@pytest.mark.parametrize("path", OLD_BYTES, ids=name_of)
def test_old_bytes_are_decoded_without_loss(path: Path) -> None:
    old = path.read_bytes()

    today = orjson.loads(encode(decode(old, record_of(path))))

    assert kept(orjson.loads(old), today)


def kept(old: Any, today: Any) -> bool:
    """Return whether every value is still present; defaults may be left out or added."""
    if isinstance(old, dict):
        return all(kept(value, today[key]) for key, value in old.items() if key in today or value)
    if isinstance(old, list):
        return len(old) == len(today) and all(map(kept, old, today))
    return bool(old == today)


@pytest.mark.parametrize("path", OLD_BYTES, ids=name_of)
def test_old_bytes_are_decoded_by_future_records(path: Path) -> None:
    record = record_of(path)

    tomorrow = decode(path.read_bytes(), newer(record))

    assert tomorrow.added_later == ()
    assert encode(tomorrow).startswith(encode(decode(path.read_bytes(), record))[:-1])


@pytest.mark.parametrize("record", EVERY_RECORD, ids=lambda one: one.__name__)
@settings(max_examples=25)  # of each of a dozen records
@given(data=st.data())
def test_future_bytes_are_decoded_by_current_records(
    record: type[Record], data: st.DataObject
) -> None:
    value = data.draw(records(record))
    fields = {name: getattr(value, name) for name in record.__struct_fields__}

    sent = encode(newer(record)(**fields, added_later=("new",)))

    assert decode(sent, record) == value


@pytest.mark.parametrize(("name", "values"), ENUMERATIONS.items())
def test_no_enumeration_value_is_removed(name: str, values: list[str]) -> None:
    assert {member.value for member in getattr(streams.records, name)} >= set(values)


def test_unknown_enumeration_value_is_refused() -> None:
    # So a new member is no small change: it needs a new version of the topic.
    sent = encode(clean_article()).replace(b'"kind":"paragraph"', b'"kind":"table"')

    with pytest.raises(DecodeError, match="Invalid enum value 'table'"):
        decode(sent, streams.records.CleanArticle)
