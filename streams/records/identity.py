"""Article ids: one id for all versions of an article, from input that cleaning does not change."""

from hashlib import sha256
from uuid import UUID, uuid5

NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""RFC 9562, section 6.6: the namespace for URLs. Names that are not URLs are written as URNs."""


def article_id(
    *, url: str = "", source: str = "", external_id: str = "", title: str = "", body: bytes = b""
) -> str:
    """Return the id of an article, from its URL, else its external id, else title and body.

    Cleaned text is not used, because it changes with the cleaner.

    Args:
        url: Canonical URL (`streams.text.urls.canonical_url`); empty if none.
        source: Name of the source that the external id belongs to.
        external_id: Feed GUID or wire number, unique within the source; empty if none.
        title: Raw title.
        body: Raw body, not compressed.

    Returns:
        A UUIDv5 in lower case with hyphens.

    References:
        RFC 9562, section 5.5 (UUIDv5).

    Examples:
        >>> article_id(url="https://news.test/a")
        '6b626991-d331-5668-91ea-aedb6407150e'
        >>> article_id(source="wire", external_id="7") == article_id(source="wire", external_id="8")
        False
    """
    if url:
        return str(uuid5(NAMESPACE, url))
    if external_id:
        return str(uuid5(NAMESPACE, f"urn:news:external:{source}\n{external_id}"))
    digest = sha256(title.encode("utf-8", "surrogatepass") + b"\n" + body).hexdigest()
    return str(uuid5(NAMESPACE, f"urn:news:sha256:{digest}"))
