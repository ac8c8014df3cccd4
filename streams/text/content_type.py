"""Parse a Content-Type, and recognize a page by its first bytes."""

import re
from typing import Final

PAGE_TYPES: Final = frozenset(("text/html", "application/xhtml+xml"))
"""Content types of HTML pages."""

MARKUP: Final = re.compile(rb"<(?:!doctype|html|head|body|article|p|div)\b", re.IGNORECASE)
"""Markup at the beginning of a page (WHATWG HTML) or of a fragment that people paste."""

SNIFFED_BYTES: Final = 4096
"""Bytes at the beginning that are searched for markup."""

_CHARSET: Final = re.compile(r"\bcharset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)


def mime_type(content_type: str) -> str:
    """Return the media type without parameters, in lower case.

    Examples:
        >>> mime_type("Text/HTML; charset=x")
        'text/html'
    """
    return content_type.partition(";")[0].strip().lower()


def declared_charset(content_type: str) -> str:
    """Return the character set that a Content-Type names; empty if it names none.

    Lenient, since servers forget the semicolon or send the header twice in one line.

    Examples:
        >>> declared_charset('text/html; charset="ISO-8859-1"')
        'ISO-8859-1'
        >>> declared_charset("text/html charset=utf-8, text/html")
        'utf-8'
    """
    match = _CHARSET.search(content_type)
    return match[1] if match else ""


def looks_like_page(body: bytes) -> bool:
    """Return whether bytes begin as an HTML page does."""
    return MARKUP.search(body[:SNIFFED_BYTES]) is not None
