"""Unpack gzip and deflate in bounded memory, piece by piece."""

import zlib
from collections.abc import Iterator
from typing import Final, Literal

Packing = Literal["gzip", "deflate"]

PIECE_BYTES: Final = 256 * 1024
"""Bytes unpacked at once, so that a gzip bomb reaches its limit before it is fully unpacked."""

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
"""First bytes of gzip (RFC 1952, section 2.3.1) with deflate, the only method."""

MAX_LAYERS: Final = 2
"""Our own gzip, and that of a server that compresses files which are already compressed."""

MAX_MEMBERS: Final = 100
"""Members of one body, if not said otherwise: servers that flush send a few. 1.6 million empty ones
are 32 MB, and took 5 s to unpack (2026-12)."""

_GZIP: Final = 31
_ZLIB: Final = 15
_RAW_DEFLATE: Final = -15
_ZLIB_HEADER_BYTES: Final = 2


class UnreadableError(ValueError):
    """Packed bytes are corrupt or have no content; the message says how."""


class TooLargeError(ValueError):
    """Unpacked bytes are larger than their limit; the message names it."""


class Member:
    """Unpack one member of gzip, or one deflate stream, from chunks of any size.

    Args:
        packing: ``gzip``, or ``deflate`` with or without the header of zlib.

    Attributes:
        started: Whether any packed byte was read.

    References:
        RFC 1952 (gzip), RFC 1950 (zlib), RFC 1951 (deflate). RFC 9110, section 8.4.1.2: the
        ``deflate`` of HTTP is zlib; some servers send raw deflate.
    """

    def __init__(self, packing: Packing = "gzip") -> None:
        self.started = False
        self._packing = packing
        self._head = b""
        self._piece_was_full = False
        self._inflater = zlib.decompressobj(_GZIP) if packing == "gzip" else None

    @property
    def ended(self) -> bool:
        """Whether the member was unpacked to its end."""
        return self._inflater is not None and self._inflater.eof

    @property
    def rest(self) -> bytes:
        """The bytes that follow the end of the member."""
        return self._inflater.unused_data if self._inflater else b""

    @property
    def has_more(self) -> bool:
        """Whether the bytes passed so far contain a further piece."""
        if self._inflater is None or self._inflater.eof:
            return False
        # zlib may have read all bytes and still hold the end of a copied run.
        return self._piece_was_full or bool(self._inflater.unconsumed_tail)

    def unpack(self, chunk: bytes = b"", *, max_bytes: int = PIECE_BYTES) -> bytes:
        """Return the next piece, which may be empty.

        Args:
            chunk: The next packed bytes; empty while `has_more` is true.
            max_bytes: Largest piece.

        Raises:
            UnreadableError: If the bytes are corrupt.
        """
        self.started = self.started or bool(chunk)
        if self._inflater is None:
            self._head += chunk
            if len(self._head) < _ZLIB_HEADER_BYTES:
                return b""
            wbits = _ZLIB if _has_zlib_header(self._head) else _RAW_DEFLATE
            self._inflater, chunk = zlib.decompressobj(wbits), self._head
        try:
            packed = self._inflater.unconsumed_tail + chunk
            piece = self._inflater.decompress(packed, max_bytes)
        except zlib.error as error:
            raise UnreadableError(f"corrupt {self._packing}: {error}") from error
        self._piece_was_full = len(piece) == max_bytes
        return piece


class Unpacker:
    """Unpack gzip with any number of members, or deflate, from chunks of any size.

    Args:
        packing: See `Member`.
        max_members: Largest number of members.

    References:
        RFC 1952, section 2.2: a file is a series of members.

    Examples:
        >>> unpacker = Unpacker("gzip")
        >>> packed = zlib.compress(b"Rain ", wbits=31) + zlib.compress(b"in Oslo", wbits=31)
        >>> b"".join(unpacker.unpack(packed)), unpacker.complete
        (b'Rain in Oslo', True)
    """

    def __init__(self, packing: Packing, *, max_members: int = MAX_MEMBERS) -> None:
        self._packing = packing
        self._max_members = max_members
        self._member = Member(packing)
        self._n_members = 1

    @property
    def complete(self) -> bool:
        """Whether the last member was unpacked to its end."""
        return self._member.ended

    def unpack(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the unpacked content of a chunk, in pieces of at most `PIECE_BYTES`.

        Raises:
            UnreadableError: If the bytes are corrupt, if a member is followed by other bytes, or
                if there are too many members.
        """
        while True:
            if chunk and self._member.ended:
                self._begin_member()
            if piece := self._member.unpack(chunk):
                yield piece
            while self._member.has_more:
                if piece := self._member.unpack():
                    yield piece
            chunk = self._member.rest if self._member.ended else b""
            if not chunk:
                return

    def _begin_member(self) -> None:
        self._n_members += 1
        if self._n_members > self._max_members:
            raise UnreadableError(f"packed in more than {self._max_members} members")
        self._member = Member(self._packing)


def gunzip(body: bytes, *, max_bytes: int, lenient: bool = False) -> bytes:
    """Unpack a body of one or several gzip members.

    Args:
        body: Packed bytes of at most `MAX_MEMBERS` members; zero bytes may follow, as they do on
            tapes.
        max_bytes: Largest result.
        lenient: Whether to return the readable part of a truncated body, and to ignore bytes
            after the members.

    Raises:
        TooLargeError: If the result would be larger than ``max_bytes``.
        UnreadableError: If the body is not gzip or is corrupt, or if ``lenient`` finds no content.

    Examples:
        >>> packed = zlib.compress(b"page", wbits=31)
        >>> gunzip(packed, max_bytes=4), gunzip(packed[:-3], max_bytes=4, lenient=True)
        (b'page', b'page')
    """
    if not body.startswith(GZIP_MAGIC):
        raise UnreadableError("not gzip")
    parts: list[bytes] = []
    room = max_bytes
    while body.startswith(GZIP_MAGIC):
        if len(parts) >= MAX_MEMBERS:
            raise UnreadableError(f"packed in more than {MAX_MEMBERS} members")
        member = Member()
        part = member.unpack(body, max_bytes=room + 1)
        room -= len(part)
        if room < 0:
            raise TooLargeError(f"more than {max_bytes} bytes once unpacked")
        if not (member.ended or lenient):
            raise UnreadableError("truncated gzip")
        parts.append(part)
        body = member.rest
    if body.strip(b"\0") and not lenient:
        raise UnreadableError("gzip followed by other bytes")
    if room == max_bytes and lenient:
        raise UnreadableError("gzip without content, or truncated before it")
    return b"".join(parts)


def unpacked(body: bytes, *, gzipped: bool, max_bytes: int) -> bytes:
    """Unpack a body if it is gzip, whether or not it is declared as gzip.

    Args:
        body: Bytes, packed or not; some servers pack twice.
        gzipped: Whether the body is declared as gzip.
        max_bytes: Largest result.

    Raises:
        TooLargeError: If the result would be larger than ``max_bytes``.
        UnreadableError: If the body is declared as gzip and is not, or is corrupt.

    Examples:
        >>> unpacked(zlib.compress(b"page", wbits=31), gzipped=False, max_bytes=10)
        b'page'
    """
    if gzipped and not body.startswith(GZIP_MAGIC):
        raise UnreadableError("declared as gzip, but is not")
    for _ in range(MAX_LAYERS):
        if body.startswith(GZIP_MAGIC):
            body = gunzip(body, max_bytes=max_bytes, lenient=True)
    if len(body) > max_bytes:
        raise TooLargeError(f"{len(body)} bytes, limit {max_bytes}")
    return body


def _has_zlib_header(head: bytes) -> bool:
    """Return whether bytes begin with a zlib header of two bytes (RFC 1950, section 2.2)."""
    header = int.from_bytes(head[:_ZLIB_HEADER_BYTES], "big")
    return head[0] & 0x0F == 8 and header % 31 == 0  # noqa: PLR2004
