"""Formats of messages, and how text is put into them: plain text in, escaped text out."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Self

from markupsafe import Markup, escape


class BodyFormat(StrEnum):
    """What a body is written in."""

    TEXT = "text"
    """Plain text."""
    HTML = "html"
    """HTML for mail: a whole page, styles in its elements."""
    MARKDOWN = "markdown"
    """CommonMark, as chats and ntfy show it."""


class MarkedText(str):
    """Text with stretches that matched; printed as it is, see the filter ``mark_matches``.

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


def escape_markdown(text: str) -> str:
    r"""Spell text so that Markdown shows it as it is, on one line.

    References:
        CommonMark 0.31, section 2.4: a backslash before ASCII punctuation.

    Examples:
        >>> escape_markdown("a*b [1]\n# x")
        'a\\*b \\[1\\] \\# x'
    """
    return _MARKDOWN.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def mark_matches(text: str, format_: BodyFormat) -> str:
    """Show the stretches of a text that matched: ``*so*``, ``<mark>so</mark>``, ``**so**``.

    Examples:
        >>> mark_matches(MarkedText("a <b>", [(0, 1)]), BodyFormat.HTML)
        Markup('<mark>a</mark> &lt;b&gt;')
        >>> mark_matches(MarkedText("key rate", [(4, 8)]), BodyFormat.TEXT)
        'key *rate*'
    """
    plain, before, after = _MARKS[format_]
    pieces, at = [], 0
    for start, end in text.spans if isinstance(text, MarkedText) else ():
        pieces += [plain(text[at:start]), before, plain(text[start:end]), after]
        at = end
    pieces.append(plain(text[at:]))
    joined = "".join(pieces)
    return joined if format_ is BodyFormat.TEXT else Markup(joined)  # noqa: S704  # each piece is escaped


def _flat(text: str) -> str:
    # Not " ".join(text.split()): a stretch may begin or end with the space around it.
    return re.sub(r"\s+", " ", text)


_MARKS: dict[BodyFormat, tuple[Callable[[str], str], str, str]] = {
    BodyFormat.TEXT: (_flat, "*", "*"),
    BodyFormat.HTML: (lambda text: str(escape(_flat(text))), "<mark>", "</mark>"),
    BodyFormat.MARKDOWN: (
        lambda text: _MARKDOWN.sub(lambda found: "\\" + found[0], _flat(text)),
        "**",
        "**",
    ),
}
