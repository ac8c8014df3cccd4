"""The stage: a raw article in, the article as a reader would see it out."""

import re
from typing import Final

from schemas.clean import CleanArticle
from schemas.raw import Encoding, RawArticle
from streams.clean.composition import composed
from streams.clean.decoding import DecodedText, TooLargeError, UnreadableError, decoded, unpacked
from streams.clean.html_page import page_reading
from streams.clean.page import looks_like_html, parsed_page
from streams.clean.reading import Reading
from streams.clean.text_reading import text_reading
from streams.clean.url import canonical_url
from streams.outcome import Drop, DropReason, Emit, Outcome, Reject, RejectReason

MAX_CONTROL_SHARE: Final = 0.02
"""Share of control characters above which bytes are a picture or a program, not a text."""

_CONTROL: Final = re.compile("[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]")
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)


def clean_article(raw: RawArticle, *, max_page_bytes: int) -> Outcome[CleanArticle]:
    """Find title, text, date, language and the rest in a page or text.

    Pure and total: bad data is dropped or rejected, never raised for.

    Delivery: the stage remembers nothing, so an article that is read again
    after a crash gets the same answer, and may be sent twice.

    Args:
        raw: As a source found it.
        max_page_bytes: Largest body, unpacked.

    Returns:
        The article. Dropped when it has neither title nor text. Rejected when
        its URL is none, or its body cannot be unpacked, is no text, or is too
        large.
    """
    try:
        url = canonical_url(raw.url) if raw.url else ""
    except ValueError as error:
        return Reject(RejectReason.UNUSABLE_URL, str(error))
    try:
        gzipped = raw.encoding is Encoding.GZIP
        body = unpacked(raw.body, gzipped=gzipped, max_bytes=max_page_bytes)
    except UnreadableError as error:
        return Reject(RejectReason.UNREADABLE_BODY, str(error))
    except TooLargeError as error:
        return Reject(RejectReason.TOO_LARGE, str(error))
    text = decoded(body, http_charset=raw.charset or _charset(raw.content_type))
    if len(_CONTROL.findall(text.text)) > MAX_CONTROL_SHARE * len(text.text):
        return Reject(RejectReason.UNREADABLE_BODY, f"no text in {text.charset}")
    article = composed(raw, _reading(raw, text, url), url=url, text=text)
    if not article.title and not article.text:
        return Drop(DropReason.EMPTY_ARTICLE, f"{len(body)} bytes of {raw.content_type}")
    return Emit(article)


def _reading(raw: RawArticle, text: DecodedText, url: str) -> Reading:
    """Read the body as what it is, whatever it is said to be."""
    plain = _mime(raw.content_type) == "text/plain"
    markup = looks_like_html(text.text) and (not plain or text.text.lstrip().startswith("<"))
    page = parsed_page(text.text) if markup else None
    return page_reading(page, url=url) if page else text_reading(text.text, title=raw.title)


def _mime(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _charset(content_type: str) -> str:
    match = _CHARSET.search(content_type)
    return match[1] if match else ""
