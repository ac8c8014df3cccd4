"""The pieces that readers of files yield, with positions from which reading can resume."""

from dataclasses import dataclass

from streams.records import RawArticle
from streams.sources.rejection import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A position in a file from which reading can resume.

    Attributes:
        offset: Byte on disk at which reading, and decompression, begins.
        inner: Number of decompressed bytes after the offset that were read already.
        number: Number of lines or records before the position.
    """

    offset: int = 0
    inner: int = 0
    number: int = 0


START = Position()
"""The beginning of any file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One line, record or page of a file.

    Attributes:
        item: The article or its rejection; None if the piece is passed over.
        position: Position after the piece.
        passed_over: Kind of a piece that is passed over, such as ``revisit`` or ``not_html``.
    """

    item: RawArticle | Rejected | None = None
    position: Position
    passed_over: str = ""
