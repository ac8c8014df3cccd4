"""Judge whether a raw article can be read at all, before anything is extracted."""

import re
from typing import Final

from streams.clean.html.hostile import hostile_reason
from streams.clean.html.page import looks_like_html
from streams.outcome import Drop, DropReason, Reject, RejectReason
from streams.records.raw import Encoding, RawArticle
from streams.text.characters import clean_line, without_entities
from streams.text.charset import DecodedText, decode_text
from streams.text.content_type import declared_charset, mime_type
from streams.text.gunzip import TooLargeError, UnreadableError, unpacked
from streams.text.urls import canonical_url

MAX_CONTROL_SHARE: Final = 0.02
"""Share of control characters above which bytes are a picture or a program, not a text."""

SAMPLE_CHARACTERS: Final = 20_000
"""Characters that are searched for control characters, enough to recognize a picture."""

_CONTROL: Final = re.compile("[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]")


def refusal_of(raw: RawArticle, *, max_page_bytes: int) -> Reject | Drop | None:
    """Return why `streams.clean.article.clean_article` is certain to refuse an article.

    Sound, not complete: what it refuses, ``clean`` refuses for the same reason; ``clean`` may
    refuse more, after it has extracted the page.

    Args:
        raw: The article as its source found it.
        max_page_bytes: Largest body, unpacked.

    Returns:
        None if the article may be accepted.

    Examples:
        >>> from datetime import UTC, datetime
        >>> raw = RawArticle(id="6b626991-d331-5668-91ea-aedb6407150e", source="wire",
        ...     fetched=datetime(2026, 3, 2, tzinfo=UTC), url="javascript:alert(1)", title="Rain")
        >>> refusal_of(raw, max_page_bytes=1000).reason.value
        'unusable_url'
    """
    url = readable_url(raw)
    if isinstance(url, Reject):
        return url
    text = readable_text(raw, max_page_bytes=max_page_bytes)
    has_words = any(map(_has_words, (raw.title, raw.summary)))
    if isinstance(text, Reject):
        # A feed's own words may stand in for its page, see `streams.clean.announced`.
        return None if raw.feed_url and has_words else text
    if has_words or _has_words(text.text):
        return None
    return Drop(DropReason.EMPTY_ARTICLE, f"{len(raw.body)} bytes of {raw.content_type}")


def readable_url(raw: RawArticle) -> str | Reject:
    """Return the canonical URL of an article; empty if it has none, a rejection if invalid."""
    try:
        return canonical_url(raw.url) if raw.url else ""
    except ValueError as error:
        return Reject(RejectReason.UNUSABLE_URL, str(error))


def readable_text(raw: RawArticle, *, max_page_bytes: int) -> DecodedText | Reject:
    """Unpack and decode the body; reject what is no text, too large, or would hang a parser."""
    try:
        gzipped = raw.encoding is Encoding.GZIP
        body = unpacked(raw.body, gzipped=gzipped, max_bytes=max_page_bytes)
    except UnreadableError as error:
        return Reject(RejectReason.UNREADABLE_BODY, str(error))
    except TooLargeError as error:
        return Reject(RejectReason.TOO_LARGE, f"{error}; NEWS_MAX_PAGE_BYTES sets the limit")
    text = decode_text(body, http_charset=raw.charset or declared_charset(raw.content_type))
    sample = text.text[:SAMPLE_CHARACTERS]
    if len(_CONTROL.findall(sample)) > MAX_CONTROL_SHARE * len(sample):
        return Reject(RejectReason.UNREADABLE_BODY, f"no text in {text.charset}")
    if is_markup(raw, text.text) and (reason := hostile_reason(text.text)):
        return Reject(RejectReason.TOO_LARGE, reason)
    return text


def is_markup(raw: RawArticle, text: str) -> bool:
    """Return whether the body is HTML; its content type alone is not reliable."""
    if mime_type(raw.content_type) == "text/plain":
        return text.lstrip().startswith("<") and looks_like_html(text)
    return looks_like_html(text)


def _has_words(text: str) -> bool:
    return bool(clean_line(without_entities(text)))
