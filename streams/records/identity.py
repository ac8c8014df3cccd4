"""Who an article is: one id for all its versions, made from what cleaning does not change."""

from hashlib import sha256
from uuid import UUID, uuid5

NAMESPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""RFC 9562, section 6.6: the namespace for URLs; the other names are made to look like URNs."""


def article_id(
    *, url: str = "", source: str = "", external_id: str = "", title: str = "", body: bytes = b""
) -> str:
    """Name an article by the first that it has: URL, source and external id, title and body.

    Never made from cleaned text, which changes with the cleaner.

    Args:
        url: Canonical URL (`streams.text.urls.canonical_url`); empty if none.
        source: Name of the source that gave the external id.
        external_id: Feed guid or wire number, unique within the source; empty if none.
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
