from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.memory.row import (
    EXACT_SLOT,
    FIRST_BAND,
    ID_SLOT,
    IndexedRow,
    exact_slot_key,
    has_same_keys,
    id_columns,
    id_halves,
    keys_of,
)
from streams.dedupe.minhash import BANDS, SIG_VERSION
from streams.records import Memory, decode, encode
from tests.support.builders import FETCHED

ID = "18f2a9ae-d07a-554a-963e-20010757bc23"


def memory(**changes: Any) -> Memory:
    fields = {"words": 90, "text_hash": "ab", "bands": bytes(4 * BANDS)}
    sound = Memory(
        article_id=ID, group_id=ID, time=FETCHED, fetched=FETCHED, clock=FETCHED, sequence=3
    )
    return msgspec.structs.replace(sound, **{"sig_version": SIG_VERSION, **fields, **changes})


def indexed_row(**changes: Any) -> IndexedRow:
    return decode(encode(memory(**changes)), IndexedRow)


def test_id_halves_make_up_id() -> None:
    high, low = id_halves(ID)

    assert f"{high:016x}{low:016x}" == ID.replace("-", "")


@given(st.lists(st.uuids().map(str)))
def test_id_columns_are_halves_of_ids(article_ids: list[str]) -> None:
    high, low = id_columns(article_ids)

    assert list(zip(high.tolist(), low.tolist(), strict=True)) == [
        id_halves(id_) for id_ in article_ids
    ]


def test_id_columns_of_irregular_ids_are_halves() -> None:
    high, low = id_columns(["1", ID])

    assert (high[0], low[0]) == (0, 1)
    assert (high[1], low[1]) == id_halves(ID)


def test_keys_of_record_are_id_text_and_bands() -> None:
    keys, has = keys_of([indexed_row(), indexed_row(bands=b"")], id_columns([ID, ID]))

    assert keys[0, ID_SLOT] == int(ID[-8:], 16)
    assert keys[0, EXACT_SLOT] == exact_slot_key("ab")
    assert has.tolist() == [[True] * (FIRST_BAND + BANDS), [True, True] + [False] * BANDS]


@pytest.mark.parametrize("change", [{"sig_version": SIG_VERSION + 1}, {"bands": b"1234"}])
def test_bands_of_other_scheme_are_ignored(change: dict[str, Any]) -> None:
    assert not indexed_row(**change).has_bands


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, True),
        ({"sequence": 4}, True),
        ({"text_hash": "cd"}, False),
        ({"group_id": "0" + ID[1:]}, False),
        ({"bands": b""}, False),
    ],
)
def test_has_same_keys_compares_keys(changes: dict[str, Any], *, is_same: bool) -> None:
    assert has_same_keys(indexed_row(**changes), memory()) is is_same
