"""Bodies: complete and unpacked, or refused at the limit."""

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


async def received(chunks: Sequence[bytes]) -> AsyncIterator[bytes]:
    """Yield chunks as received."""
    for chunk in chunks:
        yield chunk


def read(chunks: Sequence[bytes], encoding: str = "", max_bytes: int = 10_000) -> bytes:
    """Read a body."""
    return asyncio.run(
        read_body(received(chunks), encoding=encoding, take=lambda _: None, max_bytes=max_bytes)
    )


def status(chunks: Sequence[bytes], encoding: str = "", max_bytes: int = 10_000) -> int:
    """Return the status with which a body is refused."""
    with pytest.raises(ProblemDetailsException) as refused:
        read(chunks, encoding, max_bytes)
    return refused.value.status_code


def cut(data: bytes, n_bytes: int) -> list[bytes]:
    """Return chunks of a size."""
    return [data[at : at + n_bytes] for at in range(0, len(data), n_bytes)]


@given(st.binary(max_size=3000), st.integers(1, 500), st.integers(1, 3))
def test_gzip_body_is_unpacked_in_any_chunks(body: bytes, size: int, members: int) -> None:
    packed = gzip.compress(body, mtime=0) * members

    assert read(cut(packed, size), "gzip") == body * members
    assert read(cut(body, size)) == body


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_invalid_gzip_is_refused(chunks: list[bytes]) -> None:
    with suppress(ProblemDetailsException):
        read(chunks, "gzip")


@pytest.mark.parametrize(
    ("chunks", "encoding", "expected"),
    [
        ([b"x" * 11], "", 413),
        ([b"x" * 6, b"x" * 6], "", 413),
        ([gzip.compress(b"x" * 5, mtime=0)], "gzip", 413),
        ([b"\x1f\x8b\x08"], "gzip", 400),
        ([b"no gzip"], "gzip", 400),
        ([], "gzip", 400),
        ([b"x"], "br", 415),
        ([b"x"], "gzip, gzip", 415),
    ],
)
def test_body_beyond_limits_is_refused(chunks: list[bytes], encoding: str, expected: int) -> None:
    assert status(chunks, encoding, 10) == expected


def test_gzip_bomb_is_refused_before_unpacking() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([packer.compress(bytes(1 << 20)) for _ in range(200)] + [packer.flush()])
    taken: list[int] = []
    reading = read_body(
        received([bomb]), encoding="gzip", take=taken.append, max_bytes=3 << 20, seconds=60
    )

    with pytest.raises(ProblemDetailsException, match="413"):
        asyncio.run(reading)
    assert sum(taken) <= 3 << 20


@pytest.mark.parametrize("piece", [b"", b"x", b"\n"], ids=["empty", "one byte", "a line"])
def test_gzip_of_many_members_is_refused(piece: bytes) -> None:
    packed = gzip.compress(piece, mtime=0) * 200

    for chunks in ([packed], cut(packed, 7)):
        assert status(chunks, "gzip") == 400


def test_slow_body_is_408() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    with pytest.raises(ProblemDetailsException, match="408"):
        asyncio.run(read_body(never(), encoding="", take=lambda _: None, seconds=0.05))


def test_body_without_budget_is_not_stored() -> None:
    budget = Budget(max_bytes=10)

    async def reading() -> None:
        with budget.request("wire") as take:
            await read_body(received([b"1234", b"56"]), encoding="", take=take)

    with pytest.raises(BudgetSpentError):
        asyncio.run(reading())
    assert (budget.n_bytes, budget.n_requests) == (0, 0)


@pytest.mark.parametrize("header", [None, "10", "", "x", "-5", "²"])
def test_content_length_within_limit_passes(header: str | None) -> None:
    check_length(header, max_bytes=10)


def test_content_length_beyond_limit_is_refused() -> None:
    with pytest.raises(ProblemDetailsException, match="413"):
        check_length("11", max_bytes=10)
