"""The body of a request: chunks in, all of it unpacked out, within bounds of size and time."""

import asyncio
import zlib
from collections.abc import AsyncIterable, Callable
from typing import Final

from streams.records.topics import MIB
from streams.serve.problems import problem

MAX_BODY_BYTES: Final = 32 * MIB
"""Largest body, packed and unpacked: one article of the largest size (24 MiB a line), or some
10,000 wire items."""

BODY_SECONDS: Final = 60.0
"""How long a body may take to come."""

STEP_BYTES: Final = MIB
"""Unpacked at a time, so that a bomb meets the limit before it is unpacked."""


class Unpacked:
    """Unpacks gzip as it comes, several members one after the other too.

    References:
        RFC 1952, section 2.2 (a file is a series of members).
    """

    def __init__(self) -> None:
        """Begin a member."""
        self._unpacker = zlib.decompressobj(31)

    def take(self, chunk: bytes, grow: Callable[[bytes], None]) -> None:
        """Unpack a chunk, and hand over what comes of it piece by piece.

        Raises:
            zlib.error: If it is no gzip.
        """
        while chunk:
            if self._unpacker.eof:
                self._unpacker = zlib.decompressobj(31)
            grow(self._unpacker.decompress(chunk, STEP_BYTES))
            chunk = self._unpacker.unconsumed_tail or self._unpacker.unused_data

    @property
    def whole(self) -> bool:
        """Whether the last member has ended."""
        return self._unpacker.eof


async def read_body(
    chunks: AsyncIterable[bytes],
    *,
    encoding: str,
    take: Callable[[int], None],
    max_bytes: int = MAX_BODY_BYTES,
    seconds: float = BODY_SECONDS,
) -> bytes:
    """Read a body to its end.

    Args:
        chunks: As they come.
        encoding: Its ``Content-Encoding``.
        take: Takes room for bytes before they are kept.
        max_bytes: Its largest size, packed and unpacked.
        seconds: How long it may take.

    Raises:
        ProblemDetailsException: 400 if it is no gzip, 408 if it takes too long, 413 if it is too
            large, 415 if it is packed in another way.
        BudgetSpentError: If there is no room for it now.
    """
    packing = encoding.strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise problem(
            415,
            f"Content-Encoding {packing}: expected gzip or none",
            headers={"Accept-Encoding": "gzip"},
        )
    unpacked = Unpacked() if packing.endswith("gzip") else None
    body = bytearray()
    n_came = 0

    def grow(piece: bytes) -> None:
        if len(body) + len(piece) > max_bytes:
            raise _too_large(max_bytes)
        take(len(piece))
        body.extend(piece)

    try:
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                n_came += len(chunk)
                if n_came > max_bytes:
                    raise _too_large(max_bytes)
                if unpacked is None:
                    grow(chunk)
                else:
                    unpacked.take(chunk, grow)
    except TimeoutError:
        raise problem(408, f"the body did not come within {seconds:g} s") from None
    except zlib.error as error:
        raise problem(400, f"the body is not gzip: {error}") from None
    if unpacked is not None and not unpacked.whole:
        raise problem(400, "the gzip of the body is cut off")
    return bytes(body)


def check_length(header: str | None, *, max_bytes: int = MAX_BODY_BYTES) -> None:
    """Refuse a body by its ``Content-Length``, before it is read.

    Raises:
        ProblemDetailsException: 413 if it is too large.
    """
    if header is not None and header.isdecimal() and int(header) > max_bytes:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> Exception:
    return problem(
        413, f"the body is larger than {max_bytes:,} bytes: send it in parts", max_bytes=max_bytes
    )
