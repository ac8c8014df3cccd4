"""Gzip and deflate in bounded memory: complete, truncated, corrupt, and bombs."""

import gzip
import tracemalloc
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.gunzip import (
    PIECE_BYTES,
    Member,
    TooLargeError,
    Unpacker,
    UnreadableError,
    gunzip,
    unpacked,
)

WBITS = {"gzip": 31, "zlib": 15, "raw": -15}


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    """Split bytes at positions."""
    places = [0, *sorted(min(place, len(data)) for place in cuts), len(data)]
    return [data[a:b] for a, b in pairwise(places)]


@given(
    st.sampled_from(sorted(WBITS)),
    st.lists(st.binary(max_size=500), min_size=1, max_size=3),
    st.lists(st.integers(0, 1500)),
)
def test_unpacker_inverts_packing_for_any_chunks(
    form: str, bodies: list[bytes], cuts: list[int]
) -> None:
    packed = b"".join(zlib.compress(body, wbits=WBITS[form]) for body in bodies)
    unpacker = Unpacker("gzip" if form == "gzip" else "deflate")

    pieces = [piece for chunk in cut(packed, cuts) for piece in unpacker.unpack(chunk)]

    assert b"".join(pieces) == b"".join(bodies)
    assert unpacker.complete


@pytest.mark.parametrize("form", sorted(WBITS))
def test_unpacker_yields_body_in_bounded_pieces(form: str) -> None:
    body = b"rain " * 500_000
    unpacker = Unpacker("gzip" if form == "gzip" else "deflate")

    pieces = [*unpacker.unpack(zlib.compress(body, wbits=WBITS[form]))]

    assert b"".join(pieces) == body
    assert max(map(len, pieces)) == PIECE_BYTES


def test_unpacker_holds_one_piece_of_a_bomb() -> None:
    bomb = gzip.compress(bytes(100_000_000), mtime=0)
    tracemalloc.start()

    n_bytes = sum(map(len, Unpacker("gzip").unpack(bomb)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert n_bytes == 100_000_000
    assert most < 4 * PIECE_BYTES


@pytest.mark.parametrize(
    "packed",
    [
        b"no gzip",
        gzip.compress(b"page", mtime=0) + b"garbage",
        gzip.compress(b"page", mtime=0) + b"\0\0",
    ],
    ids=["plain", "trailing-garbage", "trailing-zeros"],
)
def test_unpacker_refuses_other_bytes(packed: bytes) -> None:
    with pytest.raises(UnreadableError, match="corrupt gzip"):
        list(Unpacker("gzip").unpack(packed))


@pytest.mark.parametrize("n_bytes", [0, 1, 5, 20])
def test_unpacker_is_not_complete_when_cut(n_bytes: int) -> None:
    unpacker = Unpacker("gzip")

    list(unpacker.unpack(gzip.compress(b"page", mtime=0)[:n_bytes]))

    assert not unpacker.complete


def test_unpacker_limits_members() -> None:
    packed = gzip.compress(b"x", mtime=0) * 3

    assert b"".join(Unpacker("gzip", max_members=3).unpack(packed)) == b"xxx"
    with pytest.raises(UnreadableError, match="more than 2 members"):
        list(Unpacker("gzip", max_members=2).unpack(packed))


def test_member_stops_at_its_end() -> None:
    member = Member()

    piece = member.unpack(gzip.compress(b"one", mtime=0) + b"rest")

    assert (piece, member.ended, member.has_more, member.rest) == (b"one", True, False, b"rest")


def test_member_started_after_first_byte() -> None:
    member = Member()

    assert not member.started
    member.unpack(b"\x1f")
    assert member.started


def test_gunzip_reads_members_and_padding() -> None:
    packed = gzip.compress(b"page ", mtime=0) + gzip.compress(b"two", mtime=0) + bytes(20)

    assert gunzip(packed, max_bytes=8) == b"page two"


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"no gzip", "not gzip"),
        (gzip.compress(b"page" * 99, mtime=0)[:-9], "truncated"),
        (gzip.compress(b"page", mtime=0) + b"garbage", "followed by"),
        (b"\x1f\x8b\x08garbage....", "corrupt"),
    ],
    ids=["plain", "cut", "trailing-garbage", "corrupt"],
)
def test_gunzip_refuses_invalid_body(packed: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        gunzip(packed, max_bytes=999)


def test_gunzip_lenient_returns_readable_part() -> None:
    packed = gzip.compress(b"page", mtime=0)

    assert gunzip(packed + b"garbage", max_bytes=9, lenient=True) == b"page"
    assert gunzip(packed[:-1], max_bytes=9, lenient=True) == b"page"


def test_gunzip_stops_at_the_limit() -> None:
    with pytest.raises(TooLargeError, match="more than 7"):
        gunzip(gzip.compress(b"page", mtime=0) * 2, max_bytes=7)


def test_unpacked_keeps_plain_body() -> None:
    assert unpacked(b"page", gzipped=False, max_bytes=4) == b"page"


def test_unpacked_reads_undeclared_gzip() -> None:
    assert unpacked(gzip.compress(b"page", mtime=0), gzipped=False, max_bytes=9) == b"page"


def test_unpacked_reads_nested_gzip_and_several_members() -> None:
    twice = gzip.compress(
        gzip.compress(b"page ", mtime=0) + gzip.compress(b"two", mtime=0), mtime=0
    )

    assert unpacked(twice, gzipped=True, max_bytes=99) == b"page two"


def test_unpacked_returns_readable_part_of_cut_stream() -> None:
    body = gzip.compress(bytes(range(256)) * 40, mtime=0)[:-20]

    assert unpacked(body, gzipped=True, max_bytes=20_000)[:3] == b"\0\1\2"


def test_unpacked_stops_bomb_at_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000), compresslevel=9, mtime=0)

    with pytest.raises(TooLargeError):
        unpacked(bomb, gzipped=True, max_bytes=2_000_000)


def test_unpacked_refuses_plain_body_over_limit() -> None:
    with pytest.raises(TooLargeError, match="5 bytes, limit 4"):
        unpacked(b"pages", gzipped=False, max_bytes=4)


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip",
        b"",
        b"\x1f\x8b\x08garbage....",
        gzip.compress(b"page", mtime=0)[:10],
        zlib.compress(b"x"),
    ],
)
def test_unpacked_refuses_plain_body_declared_as_gzip(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        unpacked(body, gzipped=True, max_bytes=99)
