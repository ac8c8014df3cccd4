"""Read and decompress the body of an HTTP response within limits of size and ratio."""

from collections.abc import AsyncIterable, Iterator
from typing import Final, Protocol

import brotli
import cramjam

from streams.records.topics import MIB
from streams.text.gunzip import GZIP_MAGIC, PIECE_BYTES, Unpacker, UnreadableError

MAX_RATIO: Final = 100
"""Largest ratio of decompressed to compressed size: pages reach 5 to 30 (median of fundus-dev:
5.2); the maximum of gzip is 1,032, which only decompression bombs come near."""

FREE_BYTES: Final = MIB
"""Up to this size any ratio is accepted: an empty table in a page compresses well."""

MAX_CODINGS: Final = 4
"""Largest number of codings that a Content-Encoding lists."""

UNDECLARED: Final = 2
"""Layers that are removed without a declaration: a packed file, packed again by its server."""

ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
"""First bytes of a Zstandard frame (RFC 8878, section 3.1.1)."""

HEAD_BYTES: Final = 64
"""Bytes by which a layer is recognized."""

_NO_TEXT: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27}) + b"\x7f"
_UNMARKED: Final = frozenset(("br", "deflate"))
_NONE: Final = frozenset(("", "identity"))


class BodyError(ValueError):
    """A body is too large or cannot be decompressed; the message says why."""


class _Decoder(Protocol):
    """Unpacks one layer, chunk by chunk."""

    @property
    def complete(self) -> bool: ...

    def unpack(self, chunk: bytes) -> Iterator[bytes]: ...


class BoundedBody:
    """A body that is decompressed chunk by chunk, within a limit of size.

    Servers declare codings that the body does not have, and pack without a declaration. So each
    declared coding is undone only if the bytes fit it, and gzip and zstd are recognized by their
    first bytes, as browsers and other feed readers do.

    Args:
        encoding: ``Content-Encoding``: a list of gzip, deflate, br and zstd; or anything else, if
            the body is text.
        max_bytes: Largest body, decompressed.
        max_ratio: See `MAX_RATIO`.
        keeps_start: Whether a larger body is cut at the limit, instead of refused.

    Attributes:
        is_full: Whether the body was cut at the limit.

    Raises:
        BodyError: If there are too many codings.

    References:
        RFC 9110, section 8.4; some servers send raw deflate for ``deflate``. RFC 8878 (zstd).

    Examples:
        >>> import gzip
        >>> body = BoundedBody("gzip", max_bytes=100)
        >>> body.feed(gzip.compress(b"Rain"))
        >>> body.finish()
        b'Rain'
        >>> body = BoundedBody("UTF-8", max_bytes=100)
        >>> body.feed(gzip.compress(gzip.compress(b"<p>Rain")))
        >>> body.finish()
        b'<p>Rain'
    """

    def __init__(
        self,
        encoding: str,
        *,
        max_bytes: int,
        max_ratio: int = MAX_RATIO,
        keeps_start: bool = False,
    ) -> None:
        names = [name.strip().lower().removeprefix("x-") for name in encoding.split(",")]
        codings = [name for name in names if name not in _NONE]
        if len(codings) > MAX_CODINGS:
            raise BodyError(f"Content-Encoding {encoding[:40]!r} is not supported")
        # The coding that was applied last is undone first.
        self._layers = [
            _Layer(name, max_bytes) for name in (*reversed(codings), *[""] * UNDECLARED)
        ]
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._keeps_start = keeps_start
        self._parts: list[bytes] = []
        self._n_packed = 0
        self._n_bytes = 0
        self.is_full = False

    def feed(self, chunk: bytes) -> None:
        """Decompress the next chunk.

        Raises:
            BodyError: If the body is too large, exceeds the ratio, or is corrupt.
        """
        if self.is_full:
            return
        self._n_packed += len(chunk)
        if self._n_packed > self._max_bytes and not self._keeps_start:
            # The compressed size counts too: a gzip body could have endless empty members.
            raise BodyError(f"more than {self._max_bytes} bytes")
        self._push(chunk, 0)
        if self._n_packed > self._max_bytes:
            self.is_full = True

    def finish(self) -> bytes:
        """Return the decompressed body; a truncated body is returned up to its end.

        Raises:
            BodyError: If the body is truncated and nothing of it could be decompressed.
        """
        for number, layer in enumerate(self._layers, 1):
            if not self.is_full:
                for piece in layer.finish():
                    self._push(piece, number)
        if self._n_packed and not self._n_bytes:
            for layer in self._layers:
                if not layer.complete:
                    raise BodyError(f"{layer.name} is truncated")
        return b"".join(self._parts)

    def _push(self, chunk: bytes, number: int) -> None:
        """Pass a chunk through the layers from a number on."""
        if number == len(self._layers):
            self._keep(chunk)
            return
        for piece in self._layers[number].unpack(chunk):
            self._push(piece, number + 1)
            if self.is_full:
                return

    def _keep(self, part: bytes) -> None:
        room = self._max_bytes - self._n_bytes
        self._n_bytes += len(part)
        is_packed = any(layer.is_packed for layer in self._layers)
        if is_packed and self._n_bytes > max(FREE_BYTES, self._n_packed * self._max_ratio):
            times = f"more than {self._max_ratio} times as many"
            raise BodyError(f"{self._n_packed} bytes decompress to {times}")
        if self._n_bytes > self._max_bytes:
            if not self._keeps_start:
                raise BodyError(f"decompresses to more than {self._max_bytes} bytes")
            self.is_full = True
            part = part[:room]
        self._parts.append(part)


class _Layer:
    """One coding of a body, which is undone if the bytes have it.

    Args:
        coding: The declared coding; empty to recognize one.
        max_bytes: Largest result.
    """

    def __init__(self, coding: str, max_bytes: int) -> None:
        self.name = coding
        self._max_bytes = max_bytes
        self._head = b""
        self._decoder: _Decoder | None = None
        self._is_known = False
        self._n_bytes = 0

    @property
    def is_packed(self) -> bool:
        """Whether the layer was recognized and undone."""
        return self._decoder is not None

    @property
    def complete(self) -> bool:
        """Whether the layer was undone to its end, or there is none."""
        return self._decoder is None or self._decoder.complete

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the content of a chunk, in pieces."""
        if not self._is_known:
            self._head += chunk
            if len(self._head) < HEAD_BYTES:
                return
            chunk = self._recognize()
        yield from self._unpacked(chunk)

    def finish(self) -> Iterator[bytes]:
        """Yield what is left."""
        if not self._is_known and self._head:
            yield from self._unpacked(self._recognize())
        if isinstance(self._decoder, _Zstd):
            yield from self._counted(self._decoder.finish())

    def _recognize(self) -> bytes:
        """Choose the decoder by the first bytes, and return these."""
        head, self._head, self._is_known = self._head, b"", True
        coding = self.name
        if head.startswith(GZIP_MAGIC):
            coding = "gzip"
        elif head.startswith(ZSTD_MAGIC):
            coding = "zstd"
        elif not coding or _looks_like_text(head, of_feed_or_page=coding in _UNMARKED):
            return head
        match coding:
            case "gzip" | "deflate":
                self._decoder = Unpacker(coding)
            case "br":
                self._decoder = _Brotli()
            case "zstd":
                self._decoder = _Zstd(self._max_bytes)
            case _:
                raise BodyError(f"Content-Encoding {coding[:40]!r} is not supported")
        self.name = coding
        return head

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        if self._decoder is None:
            yield chunk
        else:
            yield from self._counted(self._decoder.unpack(chunk))

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Yield pieces up to the limit: a layer within another may have no end and no content."""
        try:
            for piece in pieces:
                self._n_bytes += len(piece)
                yield piece
                if self._n_bytes > self._max_bytes:
                    raise BodyError(f"decompresses to more than {self._max_bytes} bytes")
        except UnreadableError as error:
            raise BodyError(str(error)) from error


def _looks_like_text(head: bytes, *, of_feed_or_page: bool) -> bool:
    """Return whether bytes are not packed: text, and if asked the text of a feed or page."""
    if head[:HEAD_BYTES].translate(None, _NO_TEXT) != head[:HEAD_BYTES]:
        return False
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return not of_feed_or_page or start in {b"<", b"{", b"["}


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


class _Zstd:
    """Decompresses zstd at the end: cramjam, which aiokafka uses, has no pieces.

    Args:
        max_bytes: Largest result.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._packed = bytearray()
        self.complete = False

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        self._packed += chunk
        return iter(())

    def finish(self) -> Iterator[bytes]:
        room = bytearray(self._max_bytes)
        try:
            n_bytes = cramjam.zstd.decompress_into(bytes(self._packed), room)
        except cramjam.DecompressionError as error:
            if "whole buffer" in str(error):
                raise BodyError(f"decompresses to more than {self._max_bytes} bytes") from error
            raise UnreadableError(f"corrupt zstd: {error}") from error
        self.complete = True
        yield bytes(room[:n_bytes])


async def bounded_body(
    chunks: AsyncIterable[bytes],
    *,
    encoding: str,
    max_bytes: int,
    max_ratio: int = MAX_RATIO,
    keeps_start: bool = False,
) -> tuple[bytes, bool]:
    """Read and decompress the body of a response within a limit of size.

    Args:
        chunks: Chunks from the network.
        encoding: ``Content-Encoding``; empty if not compressed.
        max_bytes: Largest body, both compressed and decompressed.
        max_ratio: See `MAX_RATIO`.
        keeps_start: Whether a larger body is cut at the limit, instead of refused.

    Returns:
        The body, and whether it was cut at the limit.

    Raises:
        BodyError: If the body is too large, exceeds the ratio, is corrupt, or has an unknown
            encoding.
    """
    body = BoundedBody(encoding, max_bytes=max_bytes, max_ratio=max_ratio, keeps_start=keeps_start)
    async for chunk in chunks:
        body.feed(chunk)
        if body.is_full:
            break
    return body.finish(), body.is_full
