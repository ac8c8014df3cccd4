"""Clean a raw article: extract what a reader of the page would see."""

from streams.clean.announced import announced_article
from streams.clean.body.line_scorer import LineChooser
from streams.clean.extract_fast import parse_head
from streams.clean.extract_page import extract_page
from streams.clean.extract_text import extract_text
from streams.clean.extraction import Extraction
from streams.clean.html.page import parse_page
from streams.clean.merge import merge_fields
from streams.clean.non_article import drop_reason_of
from streams.clean.readable import is_markup, readable_text, readable_url
from streams.clean.relation import is_unrelated
from streams.outcome import Drop, DropReason, Emit, Outcome, Reject
from streams.records.clean import CleanArticle
from streams.records.raw import RawArticle
from streams.text.charset import DecodedText
from streams.text.urls import redirect_target


def clean_article(
    raw: RawArticle,
    *,
    max_page_bytes: int,
    cheaply: bool = False,
    scorer: LineChooser | None = None,
) -> Outcome[CleanArticle]:
    """Extract title, text, date, language and the other fields of a page or text.

    Pure; never raises, since bad data is dropped or rejected.

    Delivery: the stage keeps no state, so an article that is redelivered
    after a crash gets the same result, and may be sent twice.

    Args:
        raw: The article as its source found it.
        max_page_bytes: Largest body, unpacked.
        cheaply: Whether to extract an HTML page with the fast extractor: the
            second attempt for a page that took too long.
        scorer: What decides about each line of a page; defaults to the trained regression.

    Returns:
        The article. Dropped if it has neither title nor text, or is a page
        without an article (`streams.clean.non_article`). Rejected if its
        URL is invalid, or its body cannot be unpacked, is not text, is too large,
        or would hang a parser (`streams.clean.html.hostile`). If a feed announced it,
        the feed's headline and teaser are used instead (`streams.clean.announced`).
    """
    url = readable_url(raw)
    if isinstance(url, Reject):
        return url
    text = readable_text(raw, max_page_bytes=max_page_bytes)
    if isinstance(text, Reject):
        announced = announced_article(raw, text, url=url)
        return text if announced is None else Emit(announced)
    landed = redirect_target(raw.http.url, requested=url) if raw.http and url else ""
    extraction = _extract(
        raw,
        text.text,
        landed or url,
        markup=is_markup(raw, text.text),
        cheaply=cheaply,
        scorer=scorer,
    )
    return _judge(raw, extraction, url=url, landed=landed, text=text)


def _judge(
    raw: RawArticle, extraction: Extraction, *, url: str, landed: str, text: DecodedText
) -> Outcome[CleanArticle]:
    """Drop a page without an article, or use the words of the feed that announced it."""
    own_text = "\n".join(block.text for block in extraction.blocks)
    failure = drop_reason_of(
        extraction.signals,
        text=own_text,
        url=url,
        status=raw.http.status if raw.http else 200,
        landed=raw.http.url if raw.http else "",
    )
    if failure is None and raw.feed_url:
        entry = f"{raw.title}\n{raw.summary}"
        if is_unrelated(extraction.signals, text=own_text, announced=entry):
            title = next(iter(extraction.titles), None)
            failure = Drop(DropReason.NOT_FOUND, f"other page: {title.value if title else ''}")
    if failure is not None:
        announced = announced_article(raw, failure, url=url)
        return failure if announced is None else Emit(announced)
    article = merge_fields(raw, extraction, url=url, landed=landed, text=text)
    if not article.title and not article.text:
        return Drop(DropReason.EMPTY_ARTICLE, f"{len(raw.body)} bytes of {raw.content_type}")
    return Emit(article)


def _extract(
    raw: RawArticle,
    text: str,
    url: str,
    *,
    markup: bool,
    cheaply: bool,
    scorer: LineChooser | None,
) -> Extraction:
    page = (parse_head(text) if cheaply else parse_page(text)) if markup else None
    if page is None:
        return extract_text(text, title=raw.title)
    return extract_page(page, url=url, markup=text if cheaply else "", scorer=scorer)
