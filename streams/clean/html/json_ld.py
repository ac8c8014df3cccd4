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

MAX_NODES: Final = 5000
"""Most objects read from one page; real pages have a few hundred."""

MAX_SCRIPT_CHARACTERS: Final = 2_000_000

_COMMENT: Final = re.compile(
    r"<!--|-->|/?\*?<!\[CDATA\[\*?/?|/?\*?\]\]>\*?/?|^\s*//.*$", re.MULTILINE
)
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
    return max(articles, key=lambda node: _fitness(node, url, title))


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
    """Yield objects breadth first, so that outer objects precede those within."""
    queue = [value]
    for item in queue:
        if len(queue) > MAX_NODES * 4 or limit <= 0:
            return
        if isinstance(item, dict):
            limit -= 1
            yield item
            queue.extend(child for child in item.values() if isinstance(child, (dict, list)))
        elif isinstance(item, list):
            queue.extend(child for child in item if isinstance(child, (dict, list)))


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
    headline = text_of(node.get("headline")) or text_of(node.get("name"))
    has_title = bool(headline) and headline.casefold() in title.casefold()
    known = ("headline", "datePublished", "author", "articleBody", "publisher")
    return names_page, has_title, sum(bool(node.get(key)) for key in known)
