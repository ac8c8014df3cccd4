"""Parse an HTML page once, and collect the metadata of its head."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from streams.clean.html.json_ld import Node, json_ld_nodes

_MARKUP: Final = re.compile(
    r"<(?:!doctype|html|head|body|meta|article|div|p|br|span|section|h1|script|style|link|title|a|ul|table)\b",
    re.IGNORECASE,
)
_FORBIDDEN: Final = re.compile("[\u0000-\u0008\u000b\u000e-\u001f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML does not allow: libxml2 ends the text there, or refuses it."""

MARKUP_CHARACTERS: Final = 2000
"""Characters that are searched for a page's first tag."""

MAX_HEADINGS: Final = 8
"""Most level-one headings; a page has one headline, and one with more is a list of them."""

MAX_ELEMENT_CHARACTERS: Final = 20_000
"""Longest heading, or text for readers without JavaScript; a longer one is the article itself."""

_GATHERED: Final = ("meta", "script", "link", "title", "h1", "noscript")
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Page:
    """A page, parsed once for all extractors.

    Attributes:
        root: The tree; `streams.clean.body.extract.extract_body` changes it.
        meta: Contents of meta elements by the letters and digits of their name, property or
            itemprop, in lower case, since ``og:site_name`` occurs as ``og:site:name`` too.
        nodes: Objects of its JSON-LD scripts.
        links: ``href`` of link elements by ``rel`` in lower case; the first of each.
        title: Content of the title element.
        h1: Texts of the level-one headings.
        language: ``lang`` of the root element.
        noscript: Text for readers without JavaScript.
    """

    root: Element
    meta: dict[str, tuple[str, ...]]
    nodes: tuple[Node, ...]
    links: dict[str, str]
    title: str
    h1: tuple[str, ...]
    language: str
    noscript: str

    def first(self, *names: str) -> str:
        """Return the first content of the first of these meta elements; empty if there is none."""
        return next((content for name in names for content in self.all(name)), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return every content of a meta element, with any punctuation of its name."""
        return self.meta.get(_bare(name), ())


def looks_like_html(text: str) -> bool:
    """Return whether a text is markup, by its first 2,000 characters.

    Examples:
        >>> looks_like_html("<p>Rain.</p>"), looks_like_html("1 < 2 <TCB>")
        (True, False)
    """
    return _MARKUP.search(text[:MARKUP_CHARACTERS]) is not None


def parse_page(text: str) -> Page | None:
    """Parse a page and collect the metadata of its head.

    Never raises: returns None for a text that is not markup.

    Args:
        text: The decoded page.
    """
    root = _root(text)
    if root is None:
        return None
    elements: dict[str, list[Element]] = {tag: [] for tag in _GATHERED}
    for element in root.iter(*_GATHERED):
        elements[str(element.tag)].append(element)
    titles = (" ".join((element.text or "").split()) for element in elements["title"])
    headings = (_text(element) for element in elements["h1"][:MAX_HEADINGS])
    return Page(
        root=root,
        meta=_meta(elements["meta"]),
        nodes=tuple(json_ld_nodes(_scripts(elements["script"]))),
        links=_links(elements["link"]),
        title=next(filter(None, titles), ""),
        h1=tuple(filter(None, headings)),
        language=root.get("lang") or root.get(_XML_LANG) or "",
        noscript=" ".join(map(_text, _outermost(elements["noscript"]))),
    )


def _text(element: Element) -> str:
    return " ".join(short_text(element, MAX_ELEMENT_CHARACTERS).split())


def _outermost(elements: list[Element]) -> Iterator[Element]:
    """Yield elements that are not within another of the same name."""
    for element in elements:
        if next(element.iterancestors(str(element.tag)), None) is None:
            yield element


def short_text(element: Element, max_characters: int) -> str:
    """Return the text of an element; empty if it is longer than the limit.

    Elements may be nested, each around the same long text: it is not joined for each of them.
    """
    parts: list[str] = []
    size = 0
    for text in element.itertext():
        size += len(text)
        if size > max_characters:
            return ""
        parts.append(str(text))
    return "".join(parts)


def _scripts(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if "ld+json" in (element.get("type") or "").lower() and element.text:
            yield element.text


def _links(elements: list[Element]) -> dict[str, str]:
    links: dict[str, str] = {}
    for element in elements:
        for rel in (element.get("rel") or "").lower().split():
            links.setdefault(rel, (element.get("href") or "").strip())
    return links


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _meta(elements: list[Element]) -> dict[str, tuple[str, ...]]:
    meta: dict[str, list[str]] = {}
    for element in elements:
        content = " ".join((element.get("content") or "").split())
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name:
                    meta.setdefault(_bare(name), []).append(content)
    return {name: tuple(contents) for name, contents in meta.items()}


def _root(text: str) -> Element | None:
    # Bytes with a stated encoding, since libxml2 applies an encoding declared within a string,
    # and refuses a string that begins with an XML declaration.
    data = _FORBIDDEN.sub("", text).encode("utf-8", "replace")
    # streams.clean.html.hostile has limited size and depth, so libxml2 need not stop early.
    # The plain parser is used because lxml.html's elements cost a look-up at each access.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return etree.fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError):
        return None
