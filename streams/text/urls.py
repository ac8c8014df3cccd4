"""Normalize URLs and judge which page they identify."""

import re
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Final
from urllib.parse import unquote_plus

import ada_url
import tldextract

MAX_URL_LENGTH: Final = 8192
"""Maximum length of `streams.records.record.Url`, in characters."""

# fmt: off
TRACKING_PARAMETERS: Final = frozenset((
    "utm_*", "mtm_*", "pk_*", "piwik_*", "matomo_*", "at_*", "hsa_*", "vero_*", "oly_*", "ns_*",
    "stm_*", "wt_*", "fb_*", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "_ga", "_gl",
    "srsltid", "fbclid", "igshid", "igsh", "twclid", "li_fat_id", "ttclid", "tt_medium",
    "tt_content", "epik", "scid", "sc_cid", "rdt_cid", "msclkid", "yclid", "ysclid", "_openstat",
    "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "__hssc", "__hstc", "__hsfp",
    "hsctatracking", "_bta_tid", "_bta_c", "trk_contact", "trk_msg", "trk_module", "trk_sid",
    "gdfms", "gdftrk", "gdffi", "_ke", "_kx", "dm_i", "ef_id", "s_kwcid", "s_cid", "mkwid",
    "pcrid", "redirect_log_mongo_id", "redirect_mongo_id", "sb_referer_host", "wickedid",
    "rb_clickid", "sms_click", "sms_source", "sms_uph", "spmailingid", "spuserid", "spjobid",
    "spreportid", "xtor", "icid", "ocid", "cmpid", "cmp", "ncid", "ito", "smid", "mbid",
    "cid_source", "ns_campaign", "__twitter_impression", "guccounter", "guce_referrer",
    "guce_referrer_sig", "soc_src", "soc_trk", "elqtrackid", "elqaid", "elqat", "elqcampaignid",
    "nr_email_referer",
))
# fmt: on
"""Query keys, in lower case, that record where a reader came from; ``utm_*`` is a prefix.

References: mpchadwick/tracking-query-params-registry (Unlicense); Brave's wiki page "Query String
Filter"; Mozilla bug 1836737 (gclid, dclid); Piano Analytics' ``at_`` and AT Internet's ``xtor``,
Matomo's ``mtm_`` and ``pk_`` campaign parameters; the CMP and share keys of news sites (cmpid,
ocid, ncid, ito, smid) from miniflux' url cleaner; all looked up 2026-11.
"""

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SECTION = re.compile(r"/(?:index|home|default|start|front)?(?:\.[a-z]{3,5})?/?", re.IGNORECASE)

_VARIANT = re.compile(r"/(?:amp|print|share)(?:\.html?)?/?$", re.IGNORECASE)

MAX_SECTION_HYPHENS: Final = 2
"""Sections are called ``middle-east`` or ``science-and-environment``; headlines have more words."""


def canonical_url(url: str, *, tracking: AbstractSet[str] = TRACKING_PARAMETERS) -> str:
    """Return the canonical spelling of a URL, which is equal for equal pages.

    Idempotent: a canonical URL is returned unchanged.

    Args:
        url: Absolute ``http`` or ``https`` URL, as published.
        tracking: Lower-case query keys to leave out, such as ``utm_source``;
            ``utm_*`` leaves out every key that begins with ``utm_``.

    Returns:
        The URL with lower-case scheme and host, no default port, no user name
        or password, no fragment, and its remaining query pairs sorted by key,
        then value.

    Raises:
        ValueError: If ``url`` is not absolute, its scheme is neither ``http``
            nor ``https``, or it is longer than `MAX_URL_LENGTH`.

    References:
        RFC 3986, section 6.2.2 (case and percent-encoding) and 6.2.3
        (scheme-based: default port, empty path). The WHATWG URL Standard defines
        which strings are URLs (ada-url). Sorting the query goes beyond both and is
        this project's choice, as is leaving out user names.

    Examples:
        >>> canonical_url("HTTPS://News.Test:443?b=2&a=1#top")
        'https://news.test/?a=1&b=2'
        >>> canonical_url("http://news.test/%7eann?utm_source=x", tracking={"utm_source"})
        'http://news.test/~ann'
    """
    cleaned = url.strip().encode("utf-8", "replace").decode()
    if len(cleaned) > MAX_URL_LENGTH:
        raise ValueError(f"longer than {MAX_URL_LENGTH} characters: {cleaned[:80]!r}…")
    parts = _parsed(cleaned)
    path = _normal_escapes(parts.pathname)
    pairs = (_normal_escapes(pair) for pair in parts.search.removeprefix("?").split("&"))
    kept = sorted(
        (pair for pair in pairs if pair and not is_tracking_parameter(_key(pair), tracking)),
        key=lambda pair: pair.partition("=")[::2],
    )
    query = "?" + "&".join(kept) if kept else ""
    spelled = f"{parts.protocol}//{parts.host}{path}{query}"
    if len(spelled) > MAX_URL_LENGTH:
        raise ValueError(f"longer than {MAX_URL_LENGTH} characters: {spelled[:80]!r}…")
    return spelled


def is_tracking_parameter(key: str, tracking: AbstractSet[str] = TRACKING_PARAMETERS) -> bool:
    """Return whether a query key only records where a reader came from.

    Args:
        key: Decoded key, any case.
        tracking: See `canonical_url`.

    Examples:
        >>> is_tracking_parameter("UTM_Source"), is_tracking_parameter("id")
        (True, False)
    """
    lowered = key.lower()
    prefix, underscore, _ = lowered.partition("_")
    return lowered in tracking or bool(underscore and f"{prefix}_*" in tracking)


def registrable_domain(url: str) -> str:
    """Return the registrable domain of a URL, by the public suffix list.

    Args:
        url: Absolute URL.

    Returns:
        The domain, such as ``news.co.uk``; the last two labels of the host, or the
        address, if the list has no suffix for it; empty if ``url`` is not a URL.

    References:
        publicsuffix.org, with its default rule; the snapshot bundled with
        tldextract, never fetched.

    Examples:
        >>> registrable_domain("https://www.news.co.uk/a")
        'news.co.uk'
        >>> registrable_domain("no url")
        ''
    """
    try:
        host = _parsed(url).hostname
    except ValueError:
        return ""
    return _domain(host)


def is_article_url(url: str) -> bool:
    """Return whether a URL can identify an article: neither a site's root nor an index page.

    Examples:
        >>> is_article_url("https://news.test/index.html"), is_article_url("https://news.test/a-1")
        (False, True)
    """
    try:
        parts = _parsed(url)
    except ValueError:
        return False
    return bool(parts.search) or not _SECTION.fullmatch(parts.pathname)


def trusted_canonical(declared: str, *, page: str) -> str:
    """Return the URL that a page declares as its own, if the declaration is credible.

    Some pages declare by mistake the site's root, a section, or a page of another site:
    such a declaration would merge unrelated articles.

    Args:
        declared: ``rel=canonical`` or ``og:url``, absolute or relative to ``page``.
        page: URL that the page was fetched from; empty if unknown.

    Returns:
        The declared URL in canonical spelling; empty if it is not credible.

    References:
        RFC 6596 (the canonical link relation), section 5: it may be ignored.

    Examples:
        >>> trusted_canonical("/a?utm_source=x", page="https://www.news.test/a?p=2")
        'https://www.news.test/a'
        >>> trusted_canonical("https://www.news.test/", page="https://www.news.test/a")
        ''
        >>> trusted_canonical("https://other.test/a", page="https://www.news.test/a")
        ''
    """
    try:
        absolute = ada_url.join_url(page, declared) if page else declared
        canonical = canonical_url(absolute)
    except ValueError:
        return ""
    if not is_article_url(canonical):
        return ""
    if page and not _is_near(canonical, page):
        return ""
    return canonical


def _is_near(canonical: str, page: str) -> bool:
    """Return whether a URL is on the page's domain and is not a section declared by an article."""
    if registrable_domain(canonical) != registrable_domain(page):
        return False
    if canonical.partition("?")[0] == page.partition("?")[0]:
        return True
    return not _looks_like_section(canonical) or _looks_like_section(page)


def _looks_like_section(url: str) -> bool:
    """Return whether a path has no digit and ends in few words, as those of sections do."""
    path, _, query = url.partition("://")[2].partition("/")[2].partition("?")
    if query or any(character.isdigit() for character in path):
        return False
    last = _VARIANT.sub("", path).rstrip("/").rpartition("/")[2]
    return last.count("-") + last.count("_") <= MAX_SECTION_HYPHENS


def _parsed(url: str) -> ada_url.URL:
    try:
        parts = ada_url.URL(url)
    except ValueError as error:
        raise ValueError(f"not an absolute URL: {url[:80]!r}") from error
    if parts.protocol not in {"http:", "https:"}:
        raise ValueError(f"scheme is neither http nor https: {url[:80]!r}")
    return parts


def _key(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])


def _normal_escapes(text: str) -> str:
    """Decode escapes of unreserved characters, write the others in upper case, until stable."""
    while True:
        spelled = _ESCAPE.sub(_normal_escape, text)
        if spelled == text:
            return spelled
        text = spelled


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


@cache
def _suffixes() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _domain(host: str) -> str:
    """Apply the list; without a suffix, apply its default rule: the last label is the suffix."""
    result = _suffixes()(host)
    if result.suffix:
        return result.top_domain_under_public_suffix or host
    if result.ipv4 or result.ipv6:
        return host
    return ".".join(host.split(".")[-2:])
