"""Read and unpack the body of an HTTP response within limits of size and ratio."""

from collections.abc import AsyncIterable, Iterator
from typing import Final

import brotli

from streams.records.topics import MIB
from streams.text.gunzip import PIECE_BYTES, Unpacker, UnreadableError

MAX_RATIO: Final = 100
"""How many times larger a body may become: pages reach 5 to 30 (median of fundus-dev: 5.2), gzip's
own limit is 1,032, which only bombs come near."""

FREE_BYTES: Final = MIB
"""Up to this size any ratio is borne: an empty table in a page compresses well."""

MAX_MEMBERS: Final = 100
"""Members of one gzip body: servers that flush send a few. 400,000 empty ones are 8 MB and cost 5 s
of unpacking (2026-11)."""

ASKED_FOR: Final = ("gzip", "deflate")
"""What a fetcher asks for and takes."""


class BodyError(ValueError):
    """A body is too large, or cannot be unpacked; says how."""


class BoundedBody:
    """Unpacks a body chunk by chunk, and holds no more of it than allowed.

    Examples:
        >>> import gzip
        >>> body = BoundedBody("gzip", max_bytes=100)
        >>> body.feed(gzip.compress(b"Rain"))
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
        self._unpacker: Unpacker | _Brotli | None = None
        match self._name.removeprefix("x-"):
            case "gzip" | "deflate" as packing:
                self._unpacker = Unpacker(packing, max_members=MAX_MEMBERS)
            case "br":
                self._unpacker = _Brotli()
            case "" | "identity":
                pass
            case _:
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
            for piece in self._unpacker.unpack(chunk):
                self._keep(piece)
        except UnreadableError as error:
            raise BodyError(str(error)) from error

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


class _Brotli:
    """Unpack brotli piece by piece, as `Unpacker` does gzip."""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._decompressor.is_finished())

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        try:
            yield bytes(self._decompressor.process(chunk, output_buffer_limit=PIECE_BYTES))
            while not (self.complete or self._decompressor.can_accept_more_data()):
                yield bytes(self._decompressor.process(b"", output_buffer_limit=PIECE_BYTES))
        except brotli.error as error:
            raise UnreadableError(f"corrupt br: {error}") from error


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
