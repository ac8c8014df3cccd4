"""Normalize URLs and judge which page they identify."""

import re
from collections.abc import Iterable
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
    "nr_email_referer", "gaa_*", "bxid", "cndid", "hasha", "hashb", "hashc", "esrc", "taid",
    "dicbo", "srnd", "leadsource", "ftcamp", "ftag", "sref", "sh", "si", "emc", "traffic_source",
    "amp_*", "usqp",
))
# fmt: on
"""Query keys, in lower case, that record where a reader came from; ``utm_*`` is a prefix.

References: mpchadwick/tracking-query-params-registry (Unlicense); Brave's wiki page "Query String
Filter"; Mozilla bug 1836737 (gclid, dclid); Piano Analytics' ``at_`` and AT Internet's ``xtor``,
Matomo's ``mtm_`` and ``pk_`` campaign parameters; the CMP and share keys of news sites (cmpid,
ocid, ncid, ito, smid) from miniflux' url cleaner; all looked up 2026-11. From ``gaa_*`` on: the
keys that users reported in brave/adblock-lists PR 1824 (Condé Nast), disinfoRG/ZeroScraper 97,
WorldBrain/Memex 1148, medialab/ural 208 and simonw/simonwillisonblog PR 698.
"""

# fmt: off
CHANNELS: Final = frozenset((
    "rss", "rss1", "rss2", "atom", "feed", "feeds", "feedly", "feedburner", "newsletter",
    "newsletters", "email", "mail", "social", "share", "sharing", "push", "amp", "facebook", "fb",
    "twitter", "tw", "linkedin", "whatsapp", "telegram", "reddit", "instagram", "pinterest",
    "bluesky", "mastodon", "threads", "flipboard", "googlenews", "applenews", "smartnews",
    "homepage",
))
CHANNEL_KEYS: Final = frozenset((
    "ref", "referrer", "referer", "refer", "source", "src", "from", "via", "partner", "mod",
    "feature", "share", "shared", "sharedby", "medium", "channel", "campaign", "camp", "origin",
    "intcid", "intcmp", "link_source", "platform", "sr_share",
))
PRESENTATIONS: Final = frozenset(("amp", "rss", "rss2", "atom", "print", "printable"))
PRESENTATION_KEYS: Final = frozenset((
    "output", "outputtype", "format", "type", "mode", "view", "layout", "tpl", "template",
    "version",
))
# fmt: on
"""Query keys that may name an article, but do not if their value names a way to it: ``ref=rss`` is
left out, ``ref=4711`` is not; ``output=amp`` and ``mode=amp`` are another presentation of the page.
The keys and values of the reports in `TRACKING_PARAMETERS`, and the common spellings of both."""

SESSION_KEYS: Final = frozenset(("jsessionid", "phpsessid", "cfid", "cftoken"))
_SESSION: Final = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
"""Ids of a reader's session in query and path, which are others at each visit: the names that
Jakarta Servlet (7.1.3), PHP and ColdFusion give them by default."""

CHANNEL_SWITCHES: Final = frozenset(("rss", "amp", "feed", "share", "print"))
"""Keys that ask for a presentation of the page if their value is empty or a yes."""

YES: Final = frozenset(("", "1", "true", "yes", "y", "on"))

_WORD_END = re.compile(r"[^a-z0-9]")

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SECTION = re.compile(r"/(?:index|home|default|start|front)?(?:\.[a-z]{3,5})?/?", re.IGNORECASE)

_AMP_PATH = re.compile(r"/[a-z]{1,3}/(s/)?([^/].*)")
_AMP_VIEWER_PATH = re.compile(r"/amp/(s/)?([^/].*)")

AMP_CACHES: Final = {
    "cdn.ampproject.org": _AMP_PATH,
    "bing-amp.com": _AMP_PATH,
    "www.google.com": _AMP_VIEWER_PATH,
    "google.com": _AMP_VIEWER_PATH,
    "www.bing.com": _AMP_VIEWER_PATH,
}
"""The paths of pages in AMP caches, by host or by the domain of the host. The caches are those in
``caches.json`` of ampproject/amphtml, with Bing's own."""

_VARIANT = re.compile(r"/(?:amp|print|share)(?:\.html?)?/?$", re.IGNORECASE)


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
        then value. For a page in an AMP cache, that of the publisher's page.

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
    while (cached := _page_in_amp_cache(parts)) is not None:
        parts = cached
    path = _SESSION.sub("", _normal_escapes(parts.pathname))
    pairs = (_pair(pair) for pair in parts.search.removeprefix("?").split("&"))
    kept = sorted(
        (pair for pair in pairs if pair and not _is_tracking_pair(pair, tracking)),
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


def _is_tracking_pair(pair: str, tracking: AbstractSet[str]) -> bool:
    """Return whether a query pair only records where a reader came from, by key or by value."""
    if is_tracking_parameter(_key(pair), tracking):
        return True
    if not tracking:
        return False
    key, _, written = pair.partition("=")
    key, value = unquote_plus(key).lower(), unquote_plus(written).lower()
    if key in SESSION_KEYS or (key in CHANNEL_SWITCHES and value in YES):
        return True
    if key in PRESENTATION_KEYS:
        return value in PRESENTATIONS
    return key in CHANNEL_KEYS and _WORD_END.split(value, maxsplit=1)[0] in CHANNELS


def _pair(written: str) -> str:
    """Return a query pair in normal spelling, without the rest of an ``&amp;`` escaped twice."""
    pair = _normal_escapes(written)
    while pair[:4].lower() == "amp;":
        pair = pair[4:]
    return pair


def _page_in_amp_cache(parts: ada_url.URL) -> ada_url.URL | None:
    """Return the URL of the publisher's page of a URL in an AMP cache; None if it is not in one.

    References:
        amp.dev, "AMP Cache URL format": ``https://NAME.CACHE/TYPE/[s/]HOST/PATH``, where ``s``
        stands for https, and NAME is made from HOST; the viewer of Google Search has
        ``/amp/`` in the place of the type.
    """
    kind = AMP_CACHES.get(parts.hostname) or AMP_CACHES.get(parts.hostname.partition(".")[2])
    match = kind.fullmatch(parts.pathname) if kind else None
    if match is None:
        return None
    try:
        page = ada_url.URL(f"{'https' if match[1] else 'http'}://{match[2]}{parts.search}")
    except ValueError:
        return None
    return page if page.protocol in {"http:", "https:"} and "." in page.hostname else None


def page_variants(url: str) -> tuple[str, ...]:
    """Return the canonical URLs that name the same page by another scheme, or with ``www.``.

    Args:
        url: Canonical URL.

    Returns:
        The URL itself, then the others.

    Examples:
        >>> page_variants("http://www.news.test/a")[1:]
        ('https://www.news.test/a', 'http://news.test/a', 'https://news.test/a')
    """
    scheme, _, rest = url.partition("://")
    other_scheme = "http" if scheme == "https" else "https"
    has_www = rest.startswith("www.") and "." in rest[4:].partition("/")[0]
    other_rest = rest.removeprefix("www.") if has_www else f"www.{rest}"
    return (
        url,
        f"{other_scheme}://{rest}",
        f"{scheme}://{other_rest}",
        f"{other_scheme}://{other_rest}",
    )


def without_scheme(url: str) -> str:
    """Return what all variants of a canonical URL have in common (`page_variants`).

    Examples:
        >>> without_scheme("https://www.news.test/a"), without_scheme("http://news.test/a")
        ('news.test/a', 'news.test/a')
    """
    return min((variant.partition("://")[2] for variant in page_variants(url)), key=len)


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


def owner_domain(url: str) -> str:
    """Return the domain under which one publisher decides: that of a blog on a shared host, too.

    Args:
        url: Absolute URL.

    Returns:
        The registrable domain by the whole public suffix list, with its private part, where
        ``blogspot.com`` is a suffix; an address for itself; empty if ``url`` is not a URL.

    References:
        publicsuffix.org, "private domains"; the snapshot bundled with tldextract.

    Examples:
        >>> owner_domain("https://ann.blogspot.com/a"), owner_domain("https://www.news.co.uk/a")
        ('ann.blogspot.com', 'news.co.uk')
        >>> owner_domain("https://news-test.cdn.ampproject.org/c/s/news.test/a")
        'news.test'
    """
    try:
        parts = _parsed(url)
    except ValueError:
        return ""
    # An AMP cache sends what the publisher's server sent.
    return _domain((_page_in_amp_cache(parts) or parts).hostname, private=True)


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case and IDNA; empty if it is not a URL.

    Examples:
        >>> host_of("https://WWW.News.test:8080/a")
        'www.news.test'
    """
    try:
        return _parsed(url).hostname
    except ValueError:
        return ""


def is_under(url: str, domains: Iterable[str]) -> bool:
    """Return whether the host of a URL is one of some domains, or below one.

    Examples:
        >>> is_under("https://www.news.test/a", ["news.test"])
        True
        >>> is_under("https://fakenews.test/a", ["news.test"])
        False
    """
    host = host_of(url)
    names = (host_of(f"https://{domain}/").removeprefix("www.") for domain in domains)
    return any(name and (host == name or host.endswith(f".{name}")) for name in names)


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


def redirect_target(landed: str, *, requested: str) -> str:
    """Return the URL to which a link on another host redirected, if it can be the article's own.

    Feeds link through counters of clicks and shorteners; the article's URL and site are those of
    the page. A redirect within a host is left to the page's canonical link.

    Args:
        landed: URL of the response; empty if unknown.
        requested: URL that was requested.

    Returns:
        The URL in canonical spelling. Empty for the same host (``www.`` aside), a site's root or
        section, and a page whose URL names the link to return to: a wall, a login.

    Examples:
        >>> redirect_target("https://news.test/a-1?utm_source=x", requested="https://clicks.test/7")
        'https://news.test/a-1'
        >>> redirect_target("https://login.test/a?to=https://news.test/a", requested="https://news.test/a")
        ''
    """
    try:
        target, link = canonical_url(landed), canonical_url(requested)
    except ValueError:
        return ""
    if _host(target) == _host(link) or not is_article_url(target):
        return ""
    path, _, query = target.partition("?")
    if without_scheme(link).partition("/")[2].partition("?")[0] in unquote_plus(query):
        return ""
    if _host(link) in unquote_plus(query) or _is_one_word(path):
        return ""
    return target


def _is_one_word(url: str) -> bool:
    """Return whether a path has no digit and ends in one word, as ``/login`` and ``/politics``."""
    path = url.partition("://")[2].partition("/")[2]
    if any(character.isdigit() for character in path):
        return False
    last = _VARIANT.sub("", path).rstrip("/").rpartition("/")[2]
    return "-" not in last and "_" not in last


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].removeprefix("www.")


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


def _domain(host: str, *, private: bool = False) -> str:
    """Apply the list; without a suffix, apply its default rule: the last label is the suffix."""
    result = _suffixes()(host, include_psl_private_domains=private)
    if result.suffix:
        return result.top_domain_under_public_suffix or host
    if result.ipv4 or result.ipv6:
        return host
    return ".".join(host.split(".")[-2:])
