"""What a reader of files gives one after the other, and where it would go on after it."""

from dataclasses import dataclass

from streams.records import RawArticle
from streams.sources.rejection import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a file to which a reader can come back.

    Attributes:
        offset: Byte on disk where reading, and unpacking, begins.
        inner: Unpacked bytes after that which were read already.
        number: Lines, or records, before it.
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
        item: The article, or why it is none; None if it is passed over.
        position: Where to go on after it.
        passed_over: What it was, if nothing comes of it: ``revisit``, ``not_html``.
    """

    item: RawArticle | Rejected | None = None
    position: Position
    passed_over: str = ""
