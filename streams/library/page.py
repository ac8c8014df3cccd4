"""Read an article from an HTML page or a plain text."""

from datetime import UTC, datetime
from typing import Final

from streams.clean.article import clean_article
from streams.errors import NotAnArticleError, UsageError
from streams.outcome import Drop, Emit, Reject
from streams.records import CleanArticle, RawArticle, article_id
from streams.text.urls import canonical_url

SOURCE: Final = "library"
"""The ``source`` of records that do not come from a feed or file."""

MAX_BYTES: Final = 8 * 1024 * 1024
"""The default of the setting ``max_page_bytes``."""


def sound(text: str) -> str:
    r"""Replace lone surrogates, which UTF-8 cannot encode, without changing the length of a text.

    Examples:
        >>> sound("caf\u00e9 \ud800")
        'café ?'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def read_page(
    page: str | bytes,
    *,
    url: str = "",
    title: str = "",
    charset: str = "",
    fetched: datetime | None = None,
    max_bytes: int = MAX_BYTES,
) -> CleanArticle:
    """Read the article on a page: title, text, authors, date, language and other metadata.

    Uses the code of the stage ``clean``. Nothing is fetched: get the page with the HTTP client of
    your choice. Pages that are built to slow a parser down are refused, but there is no time
    limit: for untrusted pages, run the pipeline.

    Args:
        page: The page as HTML, preferably as the bytes that the server sent; or a plain text with
            the headline in its first line.
        url: Absolute URL of the page; helps to find the site, the date and the image.
        title: Headline of a plain text that does not begin with it.
        charset: Character set of the bytes, as the server declared it; detected by default.
        fetched: Time at which you got the page, with time zone; defaults to now. No publication
            date after it is accepted.
        max_bytes: Size in bytes above which pages are refused.

    Returns:
        The article. ``published.time`` is ``None`` if no date was found; ``provenance`` names, for
        each field, where it was found and the confidence.

    Raises:
        NotAnArticleError: If the page has no article: it is empty, a consent wall, an error page,
            a list of articles, not a text, or too large; ``reason`` names which.
        UsageError: If ``url`` is not an absolute http or https URL, or ``fetched`` has no time
            zone.
        TypeError: If ``page`` is neither ``str`` nor ``bytes``.

    Examples:
        >>> html = "<html><head><title>Rain ends</title></head><body><article><h1>Rain ends</h1>"
        >>> html += "<p>By Ann Lee</p><p>The rain in Hamburg ended on Monday, as forecast.</p>"
        >>> article = read_page(html, url="https://news.test/rain")
        >>> article.title, article.language.code, article.site.domain
        ('Rain ends', 'en', 'news.test')
        >>> read_page("")
        Traceback (most recent call last):
        streams.errors.NotAnArticleError: empty_article: 0 bytes of text/html
    """
    if not isinstance(page, str | bytes):
        raise TypeError(f"read_page: page is {type(page).__name__}, not str or bytes")
    fetched = fetched or datetime.now(UTC)
    if fetched.tzinfo is None:
        raise UsageError("read_page: fetched has no time zone; use datetime.now(UTC)")
    body = page.encode("utf-8", "replace") if isinstance(page, str) else page
    try:
        canonical = canonical_url(url) if url else ""
    except ValueError as error:
        raise UsageError(f"read_page: url: {error}") from error
    raw = RawArticle(
        id=article_id(url=canonical, title=title, body=body),
        source=SOURCE,
        fetched=fetched,
        url=url,
        title=title,
        charset="utf-8" if isinstance(page, str) else charset,
        body=body,
    )
    outcome = clean_article(raw, max_page_bytes=max_bytes)
    match outcome:
        case Emit(article):
            return article
        case Drop(reason, detail) | Reject(reason, detail):
            raise NotAnArticleError(reason, detail)
