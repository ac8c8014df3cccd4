"""The article that a user asks about."""

import re

from streams.errors import UsageError
from streams.records import article_id
from streams.text.urls import canonical_url

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ORIGIN = re.compile(r"articles\.raw\.v1(?:@[0-9a-f]{8})?-\d{1,9}-\d{1,18}")


def parse_article(text: str) -> dict[str, str]:
    """Return the id or the origin of the article that a user names.

    Raises:
        UsageError: If the text is neither an id, a URL nor an origin.

    Examples:
        >>> parse_article("HTTPS://News.Test/a#top")
        {'id': '6b626991-d331-5668-91ea-aedb6407150e'}
    """
    name = text.strip()
    if _UUID.fullmatch(name.lower()):
        return {"id": name.lower()}
    if _ORIGIN.fullmatch(name):
        return {"origin": name}
    try:
        return {"id": article_id(url=canonical_url(name))}
    except ValueError as error:
        raise UsageError(
            f"{text}: expected the id, URL or origin (articles.raw.v1-3-17) of an article: {error}"
        ) from None
