"""Read and decompress the body of an HTTP response within limits of size and ratio."""

from collections.abc import AsyncIterable, Iterator
from typing import Final

import brotli

from streams.records.topics import MIB
from streams.text.gunzip import PIECE_BYTES, Unpacker, UnreadableError

MAX_RATIO: Final = 100
"""Largest ratio of decompressed to compressed size: pages reach 5 to 30 (median of fundus-dev:
5.2); the maximum of gzip is 1,032, which only decompression bombs come near."""

FREE_BYTES: Final = MIB
"""Up to this size any ratio is accepted: an empty table in a page compresses well."""

MAX_MEMBERS: Final = 100
"""Members of one gzip body: servers that flush send a few. 400,000 empty ones are 8 MB and take 5 s
to decompress (2026-11)."""

ACCEPTED_ENCODINGS: Final = ("gzip", "deflate")
"""Encodings that a fetcher requests and accepts."""


class BodyError(ValueError):
    """A body is too large or cannot be decompressed; the message says why."""


class BoundedBody:
    """A body that is decompressed chunk by chunk, within a limit of size.

    Args:
        encoding: ``Content-Encoding``: gzip, deflate or br; empty if not compressed.
        max_bytes: Largest body, decompressed.
        max_ratio: See `MAX_RATIO`.

    Raises:
        BodyError: If the encoding is not supported.

    References:
        RFC 9110, section 8.4; some servers send raw deflate for ``deflate``.

    Examples:
        >>> import gzip
        >>> body = BoundedBody("gzip", max_bytes=100)
        >>> body.feed(gzip.compress(b"Rain"))
        >>> body.finish()
        b'Rain'
    """

    def __init__(self, encoding: str, *, max_bytes: int, max_ratio: int = MAX_RATIO) -> None:
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
                raise BodyError(f"Content-Encoding {encoding[:40]!r} is not supported")

    def feed(self, chunk: bytes) -> None:
        """Decompress the next chunk.

        Raises:
            BodyError: If the body is too large, exceeds the ratio, or is corrupt.
        """
        self._n_packed += len(chunk)
        if self._n_packed > self._max_bytes:
            # The compressed size counts too: a gzip body could have endless empty members.
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
        """Return the decompressed body; a truncated body is returned up to its end.

        Raises:
            BodyError: If the body is truncated and nothing of it could be decompressed.
        """
        unpacker = self._unpacker
        if unpacker and self._n_packed and not unpacker.complete and not self._n_bytes:
            raise BodyError(f"{self._name} is truncated")
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._n_bytes += len(part)
        if self._n_bytes > self._max_bytes:
            raise BodyError(f"decompresses to more than {self._max_bytes} bytes")
        if self._unpacker and self._n_bytes > max(FREE_BYTES, self._n_packed * self._max_ratio):
            times = f"more than {self._max_ratio} times as many"
            raise BodyError(f"{self._n_packed} bytes decompress to {times}")
        self._parts.append(part)


class _Brotli:
    """Decompresses brotli piece by piece, with the interface of `Unpacker`."""

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
    """Read and decompress the body of a response within a limit of size.

    Args:
        chunks: Chunks from the network.
        encoding: ``Content-Encoding``; empty if not compressed.
        max_bytes: Largest body, both compressed and decompressed.
        max_ratio: See `MAX_RATIO`.

    Raises:
        BodyError: If the body is too large, exceeds the ratio, is corrupt, or has an encoding
            that was not requested.
    """
    name = encoding.strip().lower().removeprefix("x-")
    if name not in (*ACCEPTED_ENCODINGS, "", "identity"):
        raise BodyError(f"Content-Encoding {encoding[:40]!r} was not requested")
    body = BoundedBody(name, max_bytes=max_bytes, max_ratio=max_ratio)
    async for chunk in chunks:
        body.feed(chunk)
    return body.finish()
