"""Read one article from standard input: a page if it looks like one, otherwise text."""

from datetime import datetime
from typing import BinaryIO

from streams.errors import UsageError
from streams.records import RawArticle
from streams.sources.article import raw_article
from streams.sources.bounded_reading import MAX_BODY_BYTES
from streams.sources.files.text import article_from_text
from streams.text.content_type import looks_like_page


def article_from_stdin(stream: BinaryIO, *, now: datetime) -> RawArticle:
    """Return the article in a stream.

    Raises:
        UsageError: If the stream is larger than the largest body, 16 MiB.
    """
    body = stream.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise UsageError(f"standard input: more than {MAX_BODY_BYTES} bytes; pipe one article")
    if looks_like_page(body):
        return raw_article(source="stdin", fetched=now, body=body, content_type="text/html")
    return article_from_text(body, source="stdin", fetched=now)
