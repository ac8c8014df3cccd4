"""Decide whether a pushed article has the words of a publisher other than its sender."""

from collections.abc import Collection

from streams.records import RawArticle, article_id
from streams.sources.article import unpacked_body
from streams.text.urls import canonical_url, is_under


def claims_words_of_others(
    article: RawArticle, *, sender: str, speaks_for: Collection[str]
) -> bool:
    """Return whether an article is to be marked as a claim of its sender.

    Anyone with a token can send any text under any URL or id. Without a URL, a text is the
    sender's own unless it names the id or the source of others, or is a page, which may declare a
    URL.

    Args:
        article: The article.
        sender: Name of the token.
        speaks_for: Domains whose publishers the sender may speak for, or ``*`` for all.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from streams.sources.article import raw_article
        >>> article = raw_article(source="wire", fetched=datetime(2026, 3, 2, tzinfo=UTC),
        ...     url="https://news.test/a", body=b"Rain.")
        >>> claims_words_of_others(article, sender="wire", speaks_for=["news.test"])
        False
        >>> claims_words_of_others(article, sender="wire", speaks_for=[])
        True
    """
    if "*" in speaks_for:
        return False
    if not article.url:
        body = unpacked_body(article.body, article.encoding)
        is_page = article.content_type != "text/plain" or body.lstrip().startswith(b"<")
        own_id = article_id(
            source=sender, external_id=article.external_id, title=article.title, body=body
        )
        return is_page or article.source != sender or article.id != own_id
    landed = article.http.url if article.http and article.http.url else article.url
    spoken = is_under(article.url, speaks_for) and is_under(landed, speaks_for)
    return not (spoken and article.id == _id_of_url(article.url))


def _id_of_url(url: str) -> str:
    try:
        return article_id(url=canonical_url(url))
    except ValueError:
        return ""
