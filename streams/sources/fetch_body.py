"""Bodies of answers: chunks as they come in, at most so many bytes out."""

import zlib
from collections.abc import AsyncIterable
from typing import Final

from schemas.topics import MIB

MAX_RATIO: Final = 100
"""How many times larger a body may become: pages reach 5 to 30 (median of fundus-dev: 5.2), gzip's
own limit is 1,032, which only bombs come near."""

FREE_BYTES: Final = MIB
"""Up to this size any ratio is borne: an empty table in a page compresses well."""

_WBITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 47}


class BodyError(ValueError):
    """A body is too large, or cannot be unpacked; says how."""


async def bounded_body(
    chunks: AsyncIterable[bytes], *, encoding: str, max_bytes: int, max_ratio: int = MAX_RATIO
) -> bytes:
    """Read and unpack a body, holding no more of it than allowed.

    Args:
        chunks: As they come from the network.
        encoding: ``Content-Encoding``; empty: none.
        max_bytes: Largest body, unpacked, and what may be read of it, packed.
        max_ratio: See `MAX_RATIO`.

    Raises:
        BodyError: If it is too large, swells too much, or is corrupt.

    References:
        RFC 9110, section 8.4; servers send raw deflate for ``deflate``, too.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return await _plain(chunks, max_bytes)
    if name not in _WBITS:
        raise BodyError(f"Content-Encoding {encoding[:40]!r} was not asked for")
    parts: list[bytes] = []
    n_packed = n_bytes = 0
    unpacker = zlib.decompressobj(_WBITS[name])
    try:
        async for chunk in chunks:
            n_packed += len(chunk)
            if name == "deflate" and not parts and _is_raw(chunk):
                unpacker = zlib.decompressobj(-15)
                name = "raw"
            rest = chunk
            while rest:
                part = unpacker.decompress(rest, max_bytes - n_bytes + 1)
                n_bytes += len(part)
                parts.append(part)
                _check(n_packed, n_bytes, max_bytes, max_ratio)
                rest = unpacker.unconsumed_tail
                if unpacker.eof and unpacker.unused_data:
                    rest = unpacker.unused_data
                    unpacker = zlib.decompressobj(_WBITS.get(name, -15))
    except zlib.error as error:
        raise BodyError(f"corrupt {encoding}: {error}") from error
    if n_packed and not unpacker.eof and not n_bytes:
        raise BodyError(f"{encoding} is cut off")
    return b"".join(parts)


async def _plain(chunks: AsyncIterable[bytes], max_bytes: int) -> bytes:
    parts: list[bytes] = []
    n_bytes = 0
    async for chunk in chunks:
        n_bytes += len(chunk)
        if n_bytes > max_bytes:
            raise BodyError(f"more than {max_bytes} bytes")
        parts.append(chunk)
    return b"".join(parts)


def _check(n_packed: int, n_bytes: int, max_bytes: int, max_ratio: int) -> None:
    if n_bytes > max_bytes:
        raise BodyError(f"unpacks to more than {max_bytes} bytes")
    if n_bytes > max(FREE_BYTES, n_packed * max_ratio):
        raise BodyError(f"{n_packed} bytes unpack to more than {max_ratio} times as many")


def _is_raw(chunk: bytes) -> bool:
    """Whether deflate comes without zlib's header (RFC 1950, section 2.2)."""
    header = int.from_bytes(chunk[:2], "big")
    return chunk[0] & 0x0F != 8 or header % 31 != 0  # noqa: PLR2004
