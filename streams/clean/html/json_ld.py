"""JSON-LD scripts of a page in, the nodes that describe its article out."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

Node = dict[str, Any]
"""One JSON-LD object; its values are whatever the page wrote."""

# fmt: off
ARTICLE_TYPES: Final = frozenset((
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "AskPublicNewsArticle", "ReviewNewsArticle",
    "AdvertiserContentArticle", "SatiricalArticle", "BlogPosting", "LiveBlogPosting",
    "SocialMediaPosting", "ScholarlyArticle", "TechArticle", "Report", "Review", "CriticReview",
))
# fmt: on
"""Types whose node may describe the article: schema.org, Article and its subtypes, 2026-11."""

MAX_NODES: Final = 5000
"""Objects looked at in one page; real pages have some hundreds."""

MAX_SCRIPT_CHARACTERS: Final = 2_000_000

_COMMENT: Final = re.compile(
    r"<!--|-->|/?\*?<!\[CDATA\[\*?/?|/?\*?\]\]>\*?/?|^\s*//.*$", re.MULTILINE
)
_TRAILING_COMMA: Final = re.compile(r",\s*([}\]])")


def json_ld_nodes(scripts: Iterable[str]) -> list[Node]:
    """Read every object of every script, whatever graph they are wrapped in.

    Total: a script that cannot be read gives none. References to an object
    elsewhere in the page (``{"@id": …}``) are replaced by it.

    Args:
        scripts: Contents of ``application/ld+json`` elements.

    References:
        JSON-LD 1.1, section 4 (graphs, node identifiers); shapes met in the
        wild: lists, ``@graph``, ``mainEntity``, scripts within comments.

    Examples:
        >>> nodes = json_ld_nodes(['{"@graph": [{"@type": "NewsArticle", "headline": "Rain"}]}'])
        >>> article_node(nodes)["headline"]
        'Rain'
    """
    nodes: list[Node] = []
    for script in scripts:
        nodes.extend(_objects(_loaded(script), MAX_NODES - len(nodes)))
    by_id = {
        node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1
    }
    return [_resolved(node, by_id) for node in nodes]


def article_node(nodes: Iterable[Node], *, url: str = "", title: str = "") -> Node:
    """Find the node that describes the page's own article, not one it points to.

    Args:
        nodes: As `json_ld_nodes` gives them.
        url: The page's URL, to tell its node from others.
        title: The page's title, for the same.

    Returns:
        The node; empty if there is none.
    """
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    if not articles:
        return {}
    return max(articles, key=lambda node: _fitness(node, url, title))


def types_of(node: Node) -> frozenset[str]:
    """Give a node's types without their vocabulary.

    Examples:
        >>> sorted(types_of({"@type": ["http://schema.org/Article", "NewsArticle"]}))
        ['Article', 'NewsArticle']
    """
    given = node.get("@type")
    listed = given if isinstance(given, list) else [given]
    return frozenset(re.split(r"[/:#]", item)[-1] for item in listed if isinstance(item, str))


def texts_of(value: Any) -> list[str]:
    """Give the texts of a value that may be a text, an object with one, or a list of either.

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
    """Give the first text of a value; empty if it has none.

    Examples:
        >>> text_of([{"name": "Jane"}])
        'Jane'
    """
    return next(iter(texts_of(value)), "")


def _loaded(script: str) -> Any:
    script = script.strip().rstrip(";")
    if not script or len(script) > MAX_SCRIPT_CHARACTERS:
        return None
    try:
        return orjson.loads(script)
    except (orjson.JSONDecodeError, ValueError):
        return _mended(script)


def _mended(script: str) -> Any:
    """Read what browsers' consoles and bad templates leave: comments, commas, raw line feeds."""
    mended = _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", script)).strip().rstrip(";")
    try:
        return json.JSONDecoder(strict=False).raw_decode(mended)[0]
    except (ValueError, RecursionError):
        return None


def _objects(value: Any, limit: int) -> Iterator[Node]:
    """Walk breadth first, so that outer objects come before those within."""
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


def _resolved(node: Node, by_id: dict[str, Node]) -> Node:
    """Put objects in place of references to them, one level deep."""
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
    """Rank: names this page, has its title, says much."""
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
