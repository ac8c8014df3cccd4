from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.blobs import MemoryBlobStore
from streams.dedupe.memory.table import Table, microseconds, time_from_microseconds
from streams.dedupe.minhash import BANDS
from streams.records import Memory, encode

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def name(number: int) -> str:
    return str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC834 % 2**128))


def memory(number: int, *, sequence: int = 1, text: int | None = None, group: int = -1) -> Memory:
    text = number if text is None else text
    bands = np.arange(text, text + BANDS, dtype=np.uint32) * np.uint32(2**20 + 1)
    return Memory(
        article_id=name(number),
        group_id=name(number if group < 0 else group),
        time=DAY + timedelta(hours=number),
        fetched=DAY,
        clock=DAY,
        text_hash=f"{text:016x}",
        words=100,
        bands=bands.astype("<u4").tobytes(),
        sequence=sequence,
    )


def table() -> Table:
    return Table(max_articles=100, blobs=MemoryBlobStore())


def bands(item: Memory) -> np.ndarray:
    return np.frombuffer(item.bands, dtype="<u4")


@given(st.datetimes(timezones=st.just(UTC)))
def test_time_from_microseconds_inverts_microseconds(time: datetime) -> None:
    assert time_from_microseconds(microseconds(time)) == time


def test_article_is_found_by_id_text_and_bands() -> None:
    rows = table()
    place = rows.write(memory(1))
    rows.write(memory(2))

    assert rows.row_of(name(1)) == place
    assert rows.rows_with(memory(1).text_hash).tolist() == [place]
    assert place in rows.rows_near(bands(memory(1)), hits=2).tolist()
    assert rows.read(place) == memory(1)


def test_write_replaces_earlier_text_of_article() -> None:
    rows = table()
    rows.write(memory(1))
    rows.write(memory(1, sequence=2, text=500))

    assert len(rows) == 1
    assert rows.rows_with(memory(1).text_hash).tolist() == []
    assert len(rows.rows_near(bands(memory(1)), hits=2)) == 0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_resolve_keeps_latest_record_of_each_article(rows: list[tuple[int, int]]) -> None:
    one, other = table(), table()
    for sequence, (number, text) in enumerate(rows, 1):
        one.append(encode(memory(number, sequence=sequence, text=text)))
        other.write(memory(number, sequence=sequence, text=text))
    one.resolve({name(5): len(rows)})
    place = other.row_of(name(5))
    if place is not None:
        other.erase(place)

    places = [[table_.row_of(name(number)) for number in range(6)] for table_ in (one, other)]
    read = [
        [None if place is None else table_.read(place) for place in found]
        for table_, found in zip((one, other), places, strict=True)
    ]
    assert read[0] == read[1]
    assert len(one) == len(other)


def test_members_of_group_include_founder() -> None:
    rows = table()
    places = [rows.write(memory(number, group=0)) for number in range(3)]
    rows.erase(places[1])

    assert list(rows.members(name(0))) == [places[0], places[2]]


def test_sorted_by_age_sorts_by_event_time() -> None:
    rows = table()
    places = [rows.write(memory(number)) for number in (3, 1, 2)]

    assert rows.sorted_by_age(np.array(places)).tolist() == [places[1], places[2], places[0]]
