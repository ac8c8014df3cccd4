"""Read text files in the two formats of the seeds: with a header, or a saved page as text."""

import re
from datetime import date, datetime
from typing import Final

from streams.records import RawArticle
from streams.sources.article import raw_article

BOM: Final = b"\xef\xbb\xbf"

_DATE = re.compile(rb"\d{8}")
_URL = re.compile(rb"https?://\S{1,8180}", re.IGNORECASE)


def article_from_text(data: bytes, *, source: str, fetched: datetime) -> RawArticle:
    r"""Return the article of a text file in one of the two formats of the seeds.

    A header has three lines: title, date as ``YYYYMMDD``, URL; the rest is the body. A file
    without a header is a saved page, and all of it is the body.

    Args:
        data: Content of the file. Only the header is decoded.
        source: Source of the article.
        fetched: Time of fetching.

    References:
        ``seeds/000_4ca3d1f29f86ce73.txt`` (header) and
        ``seeds/004_0d3588d5f7b7052f.txt`` (saved page).

    Examples:
        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> data = b"Rain\n20260301\nhttps://news.test/rain\nIt rained.\n"
        >>> article = article_from_text(data, source="seeds", fetched=now)
        >>> article.title, article.published, article.url, article.body
        ('Rain', '20260301', 'https://news.test/rain', b'It rained.\n')
        >>> article_from_text(b"News\n\nRain\n", source="seeds", fetched=now).title
        ''
    """
    header = _header(data)
    if header is None:
        return raw_article(source=source, fetched=fetched, body=data)
    title, published, url, body = header
    return raw_article(
        source=source,
        fetched=fetched,
        title=title,
        published=published,
        url=url,
        body=body,
    )


def _header(data: bytes) -> tuple[str, str, str, bytes] | None:
    lines = data.removeprefix(BOM).split(b"\n", 3)
    if len(lines) < 3:  # noqa: PLR2004  # title, date, URL
        return None
    title, day, url = (line.strip() for line in lines[:3])
    if not (title and _DATE.fullmatch(day) and _is_day(day.decode()) and _URL.fullmatch(url)):
        return None
    body = lines[3] if len(lines) > 3 else b""  # noqa: PLR2004  # the same
    return _decoded(title), day.decode(), _decoded(url), body


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _decoded(line: bytes) -> str:
    """Decode a line of unknown charset: as UTF-8, or else as cp1252, used in old news files."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
