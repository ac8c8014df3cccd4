"""Read and unpack the body of a request within limits of size and time."""

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Final

from streams.records.topics import MIB
from streams.serve.problems import problem
from streams.text.gunzip import Unpacker, UnreadableError

MAX_BODY_BYTES: Final = 32 * MIB
"""Maximum body size, packed and unpacked: one article of the largest size (24 MiB a line), or some
10,000 wire items.
"""

BODY_SECONDS: Final = 60.0
"""Maximum time to receive a body."""


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
        chunks: Received chunks of the body.
        encoding: Its ``Content-Encoding``.
        take: Reserves memory for a number of bytes before they are stored.
        max_bytes: Maximum size, packed and unpacked.
        seconds: Maximum time.

    Raises:
        ProblemDetailsException: 400 if it is not gzip, 408 if it takes too long, 413 if it is too
            large, 415 if its encoding is not supported.
        BudgetSpentError: If there is no memory for it now.
    """
    packing = encoding.strip().lower()
    if packing not in {"", "identity", "gzip", "x-gzip"}:
        raise problem(
            415,
            f"Content-Encoding {packing}: expected gzip or none",
            headers={"Accept-Encoding": "gzip"},
        )
    unpacker = Unpacker("gzip") if packing.endswith("gzip") else None
    body = bytearray()
    n_received = 0

    def grow(piece: bytes) -> None:
        if len(body) + len(piece) > max_bytes:
            raise _too_large(max_bytes)
        take(len(piece))
        body.extend(piece)

    try:
        async with asyncio.timeout(seconds):
            async for chunk in chunks:
                n_received += len(chunk)
                if n_received > max_bytes:
                    raise _too_large(max_bytes)
                for piece in unpacker.unpack(chunk) if unpacker else (chunk,):
                    grow(piece)
    except TimeoutError:
        raise problem(408, f"the body was not received within {seconds:g} s; send less") from None
    except UnreadableError as error:
        raise problem(400, f"the body is not gzip: {error}") from None
    if unpacker is not None and not unpacker.complete:
        raise problem(400, "the gzip body is truncated")
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
