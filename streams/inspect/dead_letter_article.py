"""Source and URL of the article in a dead letter, as far as its bytes can be read."""

import re
from dataclasses import dataclass
from typing import Final

import msgspec

from streams.records import DeadLetter

SCANNED_BYTES: Final = 64 * 1024
"""Bytes in which the fields of broken JSON are looked for: large dead letters are cut to them
(`streams.records.DeadLetter`), and both fields stand before the text."""


@dataclass(frozen=True, kw_only=True)
class DeadLetterArticle:
    """What is known of the article in a dead letter.

    Attributes:
        source: Name of its source; empty if unknown.
        url: Its URL; empty if unknown.
    """

    source: str = ""
    url: str = ""


def article_in(letter: DeadLetter) -> DeadLetterArticle:
    r"""Return source and URL of the article in a dead letter.

    Args:
        letter: A dead letter, whose value may be no JSON, or cut off.

    Examples:
        >>> from datetime import UTC, datetime
        >>> cut_off = b'{"source": "wire", "url": "https://news.test/a", "body": "abc'
        >>> letter = DeadLetter(
        ...     stage="clean", reason="not_json", detail="", time=datetime(2026, 3, 1, tzinfo=UTC),
        ...     value=cut_off)
        >>> article_in(letter)
        DeadLetterArticle(source='wire', url='https://news.test/a')
    """
    data = letter.value or b""
    try:
        fields = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return DeadLetterArticle(source=_scan(data, b"source"), url=_scan(data, b"url"))
    return DeadLetterArticle(
        source=_text(fields.get("source", b"")), url=_text(fields.get("url", b""))
    )


def _scan(data: bytes, name: bytes) -> str:
    """Return the first string with this name in broken JSON; empty without one."""
    if not data.lstrip().startswith(b"{"):
        return ""
    pattern = rb'"%s"\s{0,9}:\s{0,9}("(?:[^"\\]|\\.){0,2048}")' % name
    match = re.search(pattern, data[:SCANNED_BYTES])
    return _text(match[1]) if match else ""


def _text(value: bytes | msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(value, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
