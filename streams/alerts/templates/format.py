"""Formats of messages, and how text is put into them: plain text in, escaped text out."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Self

from markupsafe import Markup, escape


class Format(StrEnum):
    """What a body is written in."""

    TEXT = "text"
    """Plain text."""
    HTML = "html"
    """HTML for mail: a whole page, styles in its elements."""
    MARKDOWN = "markdown"
    """CommonMark, as chats and ntfy show it."""


class Marked(str):
    """Text with stretches that matched; printed as it is, see the filter ``marked``.

    Attributes:
        spans: First character and one past the last, in order, without overlap.
    """

    __slots__ = ("spans",)

    def __new__(cls, text: str, spans: Iterable[tuple[int, int]] = ()) -> Self:
        """Keep those of the spans that lie in the text."""
        made = super().__new__(cls, text)
        made.spans = tuple(span for span in spans if 0 <= span[0] < span[1] <= len(text))
        return made

    spans: tuple[tuple[int, int], ...]


_MARKDOWN = re.compile(r"[\\`*_\[\]<>~|#]|&(?=#?\w{1,30};)")


def escaped_markdown(text: str) -> str:
    r"""Spell text so that Markdown shows it as it is, on one line.

    References:
        CommonMark 0.31, section 2.4: a backslash before ASCII punctuation.

    Examples:
        >>> escaped_markdown("a*b [1]\n# x")
        'a\\*b \\[1\\] \\# x'
    """
    return _MARKDOWN.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def marked(text: str, format_: Format) -> str:
    """Show the stretches of a text that matched: ``*so*``, ``<mark>so</mark>``, ``**so**``.

    Examples:
        >>> marked(Marked("a <b>", [(0, 1)]), Format.HTML)
        Markup('<mark>a</mark> &lt;b&gt;')
        >>> marked(Marked("key rate", [(4, 8)]), Format.TEXT)
        'key *rate*'
    """
    plain, before, after = _MARKS[format_]
    pieces, at = [], 0
    for start, end in text.spans if isinstance(text, Marked) else ():
        pieces += [plain(text[at:start]), before, plain(text[start:end]), after]
        at = end
    pieces.append(plain(text[at:]))
    joined = "".join(pieces)
    return joined if format_ is Format.TEXT else Markup(joined)  # noqa: S704  # each piece is escaped


def _flat(text: str) -> str:
    # Not " ".join(text.split()): a stretch may begin or end with the space around it.
    return re.sub(r"\s+", " ", text)


_MARKS: dict[Format, tuple[Callable[[str], str], str, str]] = {
    Format.TEXT: (_flat, "*", "*"),
    Format.HTML: (lambda text: str(escape(_flat(text))), "<mark>", "</mark>"),
    Format.MARKDOWN: (
        lambda text: _MARKDOWN.sub(lambda found: "\\" + found[0], _flat(text)),
        "**",
        "**",
    ),
}
