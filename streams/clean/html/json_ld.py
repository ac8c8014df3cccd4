"""Parse the JSON-LD scripts of a page, and find the node that describes its article."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

Node = dict[str, Any]
"""One JSON-LD object; its values may have any type."""

# fmt: off
ARTICLE_TYPES: Final = frozenset((
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "AskPublicNewsArticle", "ReviewNewsArticle",
    "AdvertiserContentArticle", "SatiricalArticle", "BlogPosting", "LiveBlogPosting",
    "SocialMediaPosting", "ScholarlyArticle", "TechArticle", "Report", "Review", "CriticReview",
))
# fmt: on
"""Types of nodes that describe an article: schema.org, Article and its subtypes, 2026-11."""

_SAME_ARTICLE: Final = frozenset({"mainEntity", "mainEntityOfPage", "isPartOf"})
"""Properties whose value is not a part of the article: it is the same article, or around it."""

_LISTS: Final = frozenset({"itemListElement", "relatedLink", "significantLink", "mentions"})
"""Properties whose values are other pages, or updates of this one: schema.org, ItemList, WebPage,
CreativeWork."""

MAX_NODES: Final = 5000
"""Most objects read from one page; real pages have a few hundred."""

MAX_SCRIPT_CHARACTERS: Final = 2_000_000

_COMMENT: Final = re.compile(
    r"<!--|-->|/?\*?<!\[CDATA\[\*?/?|/?\*?\]\]>\*?/?|^[^\S\n]*//.*$", re.MULTILINE
)
_BLOCK_TAG: Final = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|blockquote|figure|section|table|tr)\b[^<>]*>", re.IGNORECASE
)
_INLINE_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_TRAILING_COMMA: Final = re.compile(r",\s*([}\]])")


def json_ld_nodes(scripts: Iterable[str]) -> list[Node]:
    """Return every object of every script, at any level of nesting.

    Never raises: a script that cannot be parsed has no objects. References to an object
    elsewhere in the page (``{"@id": …}``) are replaced by the object.

    Args:
        scripts: Contents of ``application/ld+json`` elements.

    References:
        JSON-LD 1.1, section 4 (graphs, node identifiers); forms found on real
        pages: lists, ``@graph``, ``mainEntity``, scripts within comments.

    Examples:
        >>> nodes = json_ld_nodes(['{"@graph": [{"@type": "NewsArticle", "headline": "Rain"}]}'])
        >>> article_node(nodes)["headline"]
        'Rain'
    """
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_objects(_load(script), MAX_NODES - len(nodes)))
    by_id = {
        node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1
    }
    return [_resolve(node, by_id) for node in nodes]


def article_node(nodes: Iterable[Node], *, url: str = "", title: str = "") -> Node:
    """Find the node that describes the page's own article, not one that it links to.

    Args:
        nodes: Nodes from `json_ld_nodes`.
        url: The page's URL, to distinguish its node from others.
        title: The page's title, for the same purpose.

    Returns:
        The node; empty if there is none.
    """
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    if not articles:
        return {}
    parts = _parts_among(articles)
    own = [node for node in articles if node.get("@id") not in parts] or articles
    whole = [node for node in own if not _is_fragment(node)]
    if not whole and (len(own) > 1 or not _has_title(own[0], title)):
        return {}
    return max(whole or own, key=lambda node: _fitness(node, url, title))


def _parts_among(articles: list[Node]) -> set[str]:
    """Return the ``@id`` of articles that another one refers to, or that say they are a part."""
    named = {node["@id"] for node in articles if isinstance(node.get("@id"), str)}
    parts: set[str] = set()
    for node in articles:
        own = node.get("@id")
        for key, value in node.items():
            ids = {str(item["@id"]) for item in _dicts(value)} & (named - {own})
            if key == "isPartOf" and ids and isinstance(own, str):
                parts.add(own)
            elif key not in _SAME_ARTICLE:
                parts |= ids
    return parts


def _dicts(value: Any) -> list[Node]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("@id"), str)]


def _is_fragment(node: Node) -> bool:
    """Return whether a node's URL points into a page: an update of a live blog."""
    return any(
        "#" in url and not url.partition("#")[2].startswith("!")
        for url in texts_of(node.get("url"))
    )


def _has_title(node: Node, title: str) -> bool:
    headline = text_of(node.get("headline")) or text_of(node.get("name"))
    return bool(headline) and headline.casefold() in title.casefold()


def body_of(node: Node) -> str:
    r"""Return the text of an article's node, for a live blog with the text of its updates.

    Examples:
        >>> update = {"headline": "10:05", "articleBody": "<p>The storm has come.</p>"}
        >>> body_of({"articleBody": "Follow it here.", "liveBlogUpdate": [update]}).split("\n")
        ['Follow it here.', '10:05', 'The storm has come.']
    """
    updates = node.get("liveBlogUpdate")
    bodies = [
        text
        for part in (node, *(updates if isinstance(updates, list) else [updates]))
        if isinstance(part, dict)
        for text in (
            text_of(part.get("headline")) if part is not node else "",
            text_of(part.get("articleBody")),
        )
    ]
    return "\n".join(filter(None, (_without_tags(body) for body in bodies)))


def is_live_blog(node: Node) -> bool:
    """Return whether a node describes a live blog.

    Examples:
        >>> is_live_blog({"@type": "LiveBlogPosting"}), is_live_blog({"@type": "NewsArticle"})
        (True, False)
    """
    return "LiveBlogPosting" in types_of(node) or bool(node.get("liveBlogUpdate"))


def _without_tags(text: str) -> str:
    """Replace the tags of a body that is markup: of blocks by line feeds, of others by nothing."""
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", text)).strip()


def types_of(node: Node) -> frozenset[str]:
    """Return a node's types without their vocabulary.

    Examples:
        >>> sorted(types_of({"@type": ["http://schema.org/Article", "NewsArticle"]}))
        ['Article', 'NewsArticle']
    """
    types = node.get("@type")
    type_list = types if isinstance(types, list) else [types]
    return frozenset(re.split(r"[/:#]", item)[-1] for item in type_list if isinstance(item, str))


def texts_of(value: Any) -> list[str]:
    """Return the texts of a value, which may be a text, an object with one, or a list of them.

    Examples:
        >>> texts_of(["a", {"@value": "b"}, {"name": "c"}, 4])
        ['a', 'b', 'c']
    """
    found: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        text = _inner(item) if isinstance(item, dict) else item
        if isinstance(text, str) and text.strip():
            found.append(text.strip())
    return found


def _inner(node: Node) -> Any:
    named = next((node[key] for key in ("@value", "name", "url", "@id") if node.get(key)), None)
    return named[0] if isinstance(named, list) and named else named


def text_of(value: Any) -> str:
    """Return the first text of a value; empty if it has none.

    Examples:
        >>> text_of([{"name": "Jane"}])
        'Jane'
    """
    return next(iter(texts_of(value)), "")


def _load(script: str) -> Any:
    script = script.strip().rstrip(";")
    if not script or len(script) > MAX_SCRIPT_CHARACTERS:
        return None
    try:
        return orjson.loads(script)
    except (orjson.JSONDecodeError, ValueError):
        return _load_leniently(script)


def _load_leniently(script: str) -> Any:
    """Parse a script with comments, trailing commas and raw line feeds, as bad templates write."""
    repaired = _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", script)).strip().rstrip(";")
    try:
        return json.JSONDecoder(strict=False).raw_decode(repaired)[0]
    except (ValueError, RecursionError):
        return None


def _objects(value: Any, limit: int) -> Iterator[Node]:
    """Yield objects breadth first, so that outer objects precede those within.

    Articles within another article are left out: updates of a live blog, comments, reviews and
    related articles describe a part of the page or another page. So are articles in lists.
    """
    queue: list[tuple[Any, bool]] = [(value, False)]
    for item, is_within in queue:
        if len(queue) > MAX_NODES * 4 or limit <= 0:
            return
        if isinstance(item, dict):
            is_article = not types_of(item).isdisjoint(ARTICLE_TYPES)
            limit -= 1
            if not (is_article and is_within):
                yield item
            queue.extend(
                (child, _is_part(key, is_within=is_within or is_article))
                for key, child in item.items()
                if isinstance(child, (dict, list))
            )
        elif isinstance(item, list):
            queue.extend((child, is_within) for child in item if isinstance(child, (dict, list)))


def _is_part(key: str, *, is_within: bool) -> bool:
    """Return whether an article under a property is not the page's own."""
    return (is_within and key not in _SAME_ARTICLE) or key in _LISTS


def _resolve(node: Node, by_id: dict[str, Node]) -> Node:
    """Replace references by the objects, one level deep."""
    if not by_id:
        return node
    return {key: _target(value, by_id) for key, value in node.items()}


def _target(value: Any, by_id: dict[str, Node]) -> Any:
    if isinstance(value, list):
        return [_target(item, by_id) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and len(value) <= 2 and isinstance(value.get("@id"), str):  # noqa: PLR2004
        return by_id.get(value["@id"], value)
    return value


def _fitness(node: Node, url: str, title: str) -> tuple[bool, bool, int]:
    """Return a rank: whether the node names this page, has its title, and how many fields."""
    own = [
        *texts_of(node.get("url")),
        *texts_of(node.get("mainEntityOfPage")),
        *texts_of(node.get("@id")),
    ]
    path = url.partition("://")[2].partition("?")[0].rstrip("/")
    names_page = bool(path) and any(
        item.partition("#")[0].partition("?")[0].rstrip("/").endswith(path) for item in own
    )
    known = ("headline", "datePublished", "author", "articleBody", "publisher")
    return names_page, _has_title(node, title), sum(bool(node.get(key)) for key in known)
