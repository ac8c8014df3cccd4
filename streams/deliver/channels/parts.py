"""Cut a long message into parts that a service accepts, between paragraphs where possible."""

import re
from typing import Final

MAX_PARTS: Final = 10
"""Largest number of parts of one message; the last one is shortened. Ten messages of 2,000
characters (Discord) hold the 50 alerts of the longest digest."""

ONE_PART_BELOW: Final = 500
"""Services that accept fewer characters (SMS: 160) charge for each message: one part, shortened."""

MAX_PART_BYTES: Final = 24_000
"""Largest part in bytes of UTF-8, whatever the service says: a Matrix event holds the text twice
(plain and HTML) in 65,536 bytes (Matrix specification 1.11, "size limits")."""

SHORTENED: Final = "…"

_BREAKS: Final = ("\n\n", "\n", " ")
"""Where a text is cut, the best place first."""

_LINK = re.compile(r"\[[^\[\]\n]*\]\([^)\s\[]*\)")


def text_size(text: str) -> int:
    r"""Return the length of a text in UTF-16 code units, in which Telegram and Discord count.

    Examples:
        >>> text_size("a"), text_size("\N{HORSE}")
        (1, 2)
    """
    return len(text) + sum(character > "\uffff" for character in text)


def first_part(text: str, limit: int) -> tuple[str, str]:
    r"""Cut a text after as many whole paragraphs as fit; else at a line, a space, anywhere.

    Args:
        text: The text, Markdown or plain.
        limit: Largest size of the part, see `text_size`; at least 1.

    Returns:
        The first part, and the rest; together the text but for white space at the cut. The part
        is not empty unless the text is.

    Examples:
        >>> first_part("One two.\n\nThree four.\n\nFive.", 22)
        ('One two.\n\nThree four.', 'Five.')
        >>> first_part("[title](https://a.test/long-path) x", 20)[0]
        '[title](https://a.te'
    """
    text = text.strip()
    end = _longest_fit(text, limit)
    if end == len(text):
        return text, ""
    for separator in _BREAKS:
        cut = _before_link(text, text.rfind(separator, 1, end + len(separator)))
        if cut > end // 3:
            return text[:cut].rstrip(), text[cut:].lstrip()
    return text[:end], text[end:].lstrip()


def shorten(text: str, limit: int) -> str:
    """Return a text, cut to a size with an ellipsis at its end if it is longer.

    Examples:
        >>> shorten("The harbor bridge opened.", 13)
        'The harbor…'
    """
    part, rest = first_part(text, limit)
    if not rest:
        return part
    part, _ = first_part(text, max(1, limit - len(SHORTENED)))
    return part.rstrip(" .,;:") + SHORTENED


def _longest_fit(text: str, limit: int) -> int:
    """Return how many characters fit in a part, by size and by bytes; at least one."""
    size = n_bytes = 0
    for index, character in enumerate(text):
        size += 1 + (character > "\uffff")
        n_bytes += len(character.encode("utf-8", "surrogatepass"))
        if size > limit or n_bytes > MAX_PART_BYTES:
            return max(1, index)
    return len(text)


def _before_link(text: str, cut: int) -> int:
    """Return a cut, moved to the start of the Markdown link that it would divide."""
    start = text.rfind("\n", 0, max(cut, 0)) + 1
    links = _LINK.finditer(text, start, cut + 2000)
    return next((link.start() for link in links if link.start() < cut < link.end()), cut)
