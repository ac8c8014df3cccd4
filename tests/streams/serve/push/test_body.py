"""Bodies: whole and unpacked, or refused at the bound."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.plugins.problem_details import ProblemDetailsException

from streams.serve.push.body import check_length, read_body
from streams.serve.push.limits import Budget, BudgetSpentError


async def came(chunks: Sequence[bytes]) -> AsyncIterator[bytes]:
    """Chunks as they come."""
    for chunk in chunks:
        yield chunk


def read(chunks: Sequence[bytes], encoding: str = "", max_bytes: int = 10_000) -> bytes:
    """Read a body."""
    return asyncio.run(
        read_body(came(chunks), encoding=encoding, take=lambda _: None, max_bytes=max_bytes)
    )


def status(chunks: Sequence[bytes], encoding: str = "", max_bytes: int = 10_000) -> int:
    """The status with which a body is refused."""
    with pytest.raises(ProblemDetailsException) as refused:
        read(chunks, encoding, max_bytes)
    return refused.value.status_code


def cut(data: bytes, n_bytes: int) -> list[bytes]:
    """Chunks of a size."""
    return [data[at : at + n_bytes] for at in range(0, len(data), n_bytes)]


@given(st.binary(max_size=3000), st.integers(1, 500), st.integers(1, 3))
def test_what_was_packed_comes_out_however_it_is_cut(body: bytes, size: int, members: int) -> None:
    packed = gzip.compress(body) * members

    assert read(cut(packed, size), "gzip") == body * members
    assert read(cut(body, size)) == body


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_bytes_that_are_no_gzip_are_refused_and_nothing_else_happens(chunks: list[bytes]) -> None:
    with suppress(ProblemDetailsException):
        read(chunks, "gzip")


@pytest.mark.parametrize(
    ("chunks", "encoding", "expected"),
    [
        ([b"x" * 11], "", 413),
        ([b"x" * 6, b"x" * 6], "", 413),
        ([gzip.compress(b"x" * 5)], "gzip", 413),
        ([b"\x1f\x8b\x08"], "gzip", 400),
        ([b"no gzip"], "gzip", 400),
        ([], "gzip", 400),
        ([b"x"], "br", 415),
        ([b"x"], "gzip, gzip", 415),
    ],
)
def test_a_body_out_of_bounds_is_refused(chunks: list[bytes], encoding: str, expected: int) -> None:
    assert status(chunks, encoding, 10) == expected


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([packer.compress(bytes(1 << 20)) for _ in range(200)] + [packer.flush()])
    taken: list[int] = []
    reading = read_body(
        came([bomb]), encoding="gzip", take=taken.append, max_bytes=3 << 20, seconds=60
    )

    with pytest.raises(ProblemDetailsException, match="413"):
        asyncio.run(reading)
    assert sum(taken) <= 3 << 20


def test_a_body_that_does_not_come_is_408() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    with pytest.raises(ProblemDetailsException, match="408"):
        asyncio.run(read_body(never(), encoding="", take=lambda _: None, seconds=0.05))


def test_a_body_for_which_there_is_no_room_is_not_kept() -> None:
    budget = Budget(max_bytes=5)

    async def reading() -> None:
        with budget.place() as take:
            await read_body(came([b"1234", b"56"]), encoding="", take=take)

    with pytest.raises(BudgetSpentError):
        asyncio.run(reading())
    assert (budget.n_bytes, budget.n_requests) == (0, 0)


@pytest.mark.parametrize("header", [None, "10", "", "x", "-5", "²"])
def test_a_length_within_the_bound_or_none_passes(header: str | None) -> None:
    check_length(header, max_bytes=10)


def test_a_length_beyond_the_bound_is_refused_before_reading() -> None:
    with pytest.raises(ProblemDetailsException, match="413"):
        check_length("11", max_bytes=10)
