"""Formats of messages, and the escaping of plain text for them."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Self

from markupsafe import Markup, escape


class BodyFormat(StrEnum):
    """The format of a message body."""

    TEXT = "text"
    """Plain text."""
    HTML = "html"
    """HTML for mail: a complete page with inline styles."""
    MARKDOWN = "markdown"
    """CommonMark, as chat programs and ntfy render it."""


class MarkedText(str):
    """Text with the positions that matched; printed without marks, see `mark_matches`.

    Attributes:
        spans: First character and one past the last of each match, in order, without overlap.
    """

    __slots__ = ("spans",)

    def __new__(cls, text: str, spans: Iterable[tuple[int, int]] = ()) -> Self:
        """Create a text with those of the spans that are within it."""
        marked = super().__new__(cls, text)
        marked.spans = tuple(span for span in spans if 0 <= span[0] < span[1] <= len(text))
        return marked

    spans: tuple[tuple[int, int], ...]


_MARKDOWN = re.compile(r"[\\`*_\[\]<>~|#]|&(?=#?\w{1,30};)")


_MENTION = re.compile(r"(?<![\w.+-])[@\uff20\ufe6b](?=[\w&!])|<(?=[!@#])")


def escape_markdown(text: str) -> str:
    r"""Escape a text so that Markdown shows it unchanged, on one line.

    References:
        CommonMark 0.31, section 2.4: a backslash before ASCII punctuation.

    Examples:
        >>> escape_markdown("a*b [1]\n# x")
        'a\\*b \\[1\\] \\# x'
    """
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(lambda match: "\\" + match[0], without_mentions(text))


def without_mentions(text: str) -> str:
    r"""Return a text that does not notify people in a chat: no name follows its sign directly.

    A headline could otherwise call ``@everyone`` (Discord), ``<!channel>`` (Slack, which knows no
    backslash) or a person. A zero-width space shows as nothing.

    References:
        Discord, "Message formatting" (``<@ID>``, ``<@&ID>``, ``<#ID>``); Slack, "Formatting text"
        (``<!here>``, ``<@ID>``, ``<#ID>``); Telegram, Matrix and Mattermost (``@name``).

    Examples:
        >>> without_mentions("@here <!channel> ann@news.test").replace("\u200b", "|")
        '@|here <|!channel> ann@news.test'
    """
    return _MENTION.sub(lambda match: f"{match[0]}\u200b", text)


def mark_matches(text: str, format_: BodyFormat) -> str:
    """Mark the parts of a text that matched: ``*so*``, ``<mark>so</mark>``, ``**so**``.

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
    # Not " ".join(text.split()): a part may begin or end with a space.
    return re.sub(r"\s+", " ", text)


_MARKS: dict[BodyFormat, tuple[Callable[[str], str], str, str]] = {
    BodyFormat.TEXT: (_flat, "*", "*"),
    BodyFormat.HTML: (lambda text: str(escape(_flat(text))), "<mark>", "</mark>"),
    BodyFormat.MARKDOWN: (
        lambda text: _escaped(_flat(text)),
        "**",
        "**",
    ),
}
