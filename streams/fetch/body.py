"""Bodies of answers: chunks as they come in, at most so many bytes out."""

import zlib
from collections.abc import AsyncIterable
from typing import Final, Protocol

import brotli

from streams.records.topics import MIB

MAX_RATIO: Final = 100
"""How many times larger a body may become: pages reach 5 to 30 (median of fundus-dev: 5.2), gzip's
own limit is 1,032, which only bombs come near."""

FREE_BYTES: Final = MIB
"""Up to this size any ratio is borne: an empty table in a page compresses well."""

STEP_BYTES: Final = 256 * 1024
"""What is unpacked at a time, between two looks at the bounds."""

MAX_MEMBERS: Final = 100
"""Members of one gzip body: servers that flush send a few. 400,000 empty ones are 8 MB and cost 5 s
of unpacking (2026-11)."""

ASKED_FOR: Final = ("gzip", "deflate")
"""What a fetcher asks for and takes."""

_WBITS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_RAW_DEFLATE: Final = -15


class BodyError(ValueError):
    """A body is too large, or cannot be unpacked; says how."""


class _Unpacker(Protocol):
    def unpack(self, chunk: bytes) -> bytes: ...
    @property
    def pending(self) -> bool: ...
    @property
    def complete(self) -> bool: ...


class BoundedBody:
    """Unpacks a body chunk by chunk, and holds no more of it than allowed.

    Examples:
        >>> body = BoundedBody("gzip", max_bytes=100)
        >>> body.feed(zlib.compress(b"Rain", wbits=31))
        >>> body.finish()
        b'Rain'
    """

    def __init__(self, encoding: str, *, max_bytes: int, max_ratio: int = MAX_RATIO) -> None:
        """Begin.

        Args:
            encoding: ``Content-Encoding``: gzip, deflate, br; empty: none.
            max_bytes: Largest body, unpacked.
            max_ratio: See `MAX_RATIO`.

        Raises:
            BodyError: If the encoding is none of these.

        References:
            RFC 9110, section 8.4; servers send raw deflate for ``deflate``, too.
        """
        self._name = encoding.strip().lower()
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._parts: list[bytes] = []
        self._n_packed = 0
        self._n_bytes = 0
        self._unpacker: _Unpacker | None = None
        if self._name == "br":
            self._unpacker = _Brotli()
        elif self._name in _WBITS:
            self._unpacker = _Zlib(self._name)
        elif self._name not in ("", "identity"):
            raise BodyError(f"Content-Encoding {encoding[:40]!r} is not known")

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk.

        Raises:
            BodyError: If the body is too large, swells too much, or is corrupt.
        """
        self._n_packed += len(chunk)
        if self._n_packed > self._max_bytes:
            # Also packed: members of gzip that hold nothing could follow each other for ever.
            raise BodyError(f"more than {self._max_bytes} bytes")
        if self._unpacker is None:
            self._keep(chunk)
            return
        try:
            self._keep(self._unpacker.unpack(chunk))
            while self._unpacker.pending:
                self._keep(self._unpacker.unpack(b""))
        except (zlib.error, brotli.error) as error:
            raise BodyError(f"corrupt {self._name}: {error}") from error

    def finish(self) -> bytes:
        """Give the body.

        Raises:
            BodyError: If nothing of it could be unpacked.
        """
        unpacker = self._unpacker
        if unpacker and self._n_packed and not unpacker.complete and not self._n_bytes:
            raise BodyError(f"{self._name} is cut off")
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._n_bytes += len(part)
        if self._n_bytes > self._max_bytes:
            raise BodyError(f"unpacks to more than {self._max_bytes} bytes")
        if self._unpacker and self._n_bytes > max(FREE_BYTES, self._n_packed * self._max_ratio):
            times = f"more than {self._max_ratio} times as many"
            raise BodyError(f"{self._n_packed} bytes unpack to {times}")
        self._parts.append(part)


class _Zlib:
    """Gzip with any number of members, zlib, raw deflate."""

    def __init__(self, name: str) -> None:
        self._wbits = _WBITS[name]
        self._unpacker = zlib.decompressobj(self._wbits)
        self._rest = b""
        self._begun = False
        self._n_members = 1

    @property
    def pending(self) -> bool:
        return bool(self._rest)

    @property
    def complete(self) -> bool:
        return self._unpacker.eof

    def unpack(self, chunk: bytes) -> bytes:
        if not self._begun and chunk:
            self._begun = True
            if self._wbits == _WBITS["deflate"] and _is_raw(chunk):
                self._wbits = _RAW_DEFLATE
                self._unpacker = zlib.decompressobj(self._wbits)
        part = self._unpacker.decompress(self._rest + chunk, STEP_BYTES)
        self._rest = self._unpacker.unconsumed_tail
        if self._unpacker.eof and self._unpacker.unused_data:
            self._rest = self._unpacker.unused_data
            self._n_members += 1
            if self._n_members > MAX_MEMBERS:
                raise BodyError(f"packed in more than {MAX_MEMBERS} members")
            self._unpacker = zlib.decompressobj(self._wbits)
        return part


class _Brotli:
    def __init__(self) -> None:
        self._unpacker = brotli.Decompressor()

    @property
    def pending(self) -> bool:
        return not self._unpacker.can_accept_more_data() and not self._unpacker.is_finished()

    @property
    def complete(self) -> bool:
        return bool(self._unpacker.is_finished())

    def unpack(self, chunk: bytes) -> bytes:
        return bytes(self._unpacker.process(chunk, output_buffer_limit=STEP_BYTES))


async def bounded_body(
    chunks: AsyncIterable[bytes], *, encoding: str, max_bytes: int, max_ratio: int = MAX_RATIO
) -> bytes:
    """Read and unpack a body as a server sends it, holding no more of it than allowed.

    Args:
        chunks: As they come from the network.
        encoding: ``Content-Encoding``; empty: none.
        max_bytes: Largest body, unpacked, and what may be read of it, packed.
        max_ratio: See `MAX_RATIO`.

    Raises:
        BodyError: If it is too large, swells too much, is corrupt, or packed
            in a way that was not asked for.
    """
    name = encoding.strip().lower().removeprefix("x-")
    if name not in (*ASKED_FOR, "", "identity"):
        raise BodyError(f"Content-Encoding {encoding[:40]!r} was not asked for")
    body = BoundedBody(name, max_bytes=max_bytes, max_ratio=max_ratio)
    async for chunk in chunks:
        body.feed(chunk)
    return body.finish()


def _is_raw(chunk: bytes) -> bool:
    """Whether deflate comes without zlib's header (RFC 1950, section 2.2)."""
    header = int.from_bytes(chunk[:2], "big")
    return chunk[0] & 0x0F != 8 or header % 31 != 0  # noqa: PLR2004
