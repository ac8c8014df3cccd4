"""Collect the lines of text of a page's tree in reading order, each with its context."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple

from lxml import etree
from lxml.etree import _Element as Element

from streams.clean.body.boilerplate import (
    MAX_SELDOM_CHARACTERS,
    MAX_SELDOM_PARAGRAPH,
    boilerplate_score,
    is_consent,
    is_dialog,
    is_discussion,
    leads_away,
)
from streams.clean.html.visibility import hidden_parts, remove_parts

_UNREAD: Final = (
    "script", "style", "template", "svg", "iframe", "object", "embed", "audio", "video",
    "canvas", "map", "select", "option", "textarea", "input", "button", "math", "datalist",
    "amp-ad", "amp-embed", "amp-iframe", "amp-analytics", "dialog", "progress", "meter",
)  # fmt: skip
"""Elements whose content is not text for readers."""

_OUTSIDE: Final = frozenset({"nav", "footer", "aside", "menu", "figcaption", "noscript"})
"""Elements outside the main text by definition; one that is not closed may contain all of it."""

_OUTSIDE_ROLES: Final = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search"}
)
"""ARIA roles of these elements."""

_ROLES: Final = frozenset({"alert", "menu", "toolbar", "tablist"})
"""ARIA roles outside the main text, but for large parts: an accordion with the article in it."""

INLINE: Final = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
     "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp",
     "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr")
)  # fmt: skip
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

MAX_OUTSIDE_SHARE: Final = 0.4
"""A part with a larger share of the page's text is the article in a misnamed wrapper …

… but only on a page that has no text outside of it (`Reach`).
"""

MIN_UNLINKED_CHARACTERS: Final = 80
"""Running text of this length without a link is a standfirst, even if named as a teaser …"""

MAX_READ_ABOVE_LEAD: Final = 400
"""… unless more characters of running text than this are above it."""

MAX_DISCUSSION_SHARE: Final = 0.9
"""Comments and consent texts may be most of a page's text, but not all of it."""

MIN_NODE_CHARACTERS: Final = 40
"""Shortest text node of running text; menus have shorter ones."""

MAX_LINES: Final = 20_000
"""Most lines read; the longest real page seen has 1,900."""

_MARKS: Final = frozenset(
    {"li", "blockquote", "header", "td", "th", "dd", "dt", "form", "address", "pre", "figure"}
)
"""Elements that indicate the kind of their text."""


class _Context(NamedTuple):
    """Context of a text: its block element, marks, and whether it is linked or bold."""

    block: Element
    within: frozenset[str]
    linked: bool
    strong: bool

    def enter(self, element: Element, tag: str, *, inline: bool) -> "_Context":
        if inline:
            linked = self.linked or tag == "a"
            return _Context(self.block, self.within, linked, self.strong or tag in {"b", "strong"})
        within = self.within | {tag} if tag in _MARKS else self.within
        return _Context(element, within, self.linked, self.strong)


@dataclass(slots=True)
class TextLine:
    """A run of text between two block boundaries.

    Attributes:
        text: Text with single spaces.
        tag: Nearest block element: ``p``, ``h2``, ``li``, ``blockquote``, ``div`` …
        parent: That element.
        linked: Number of characters within links.
        strong: Number of characters within bold type.
        within: Enclosing elements that indicate the kind of text: ``li``, ``td`` …
        known_weight: Its weight once `streams.clean.body.container.text_weight` has found it.
    """

    text: str
    tag: str
    parent: Element
    linked: int
    strong: int
    within: frozenset[str]
    known_weight: float | None = field(default=None, init=False, repr=False, compare=False)
    _leads_away: bool | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def leads_away(self) -> bool:
        """Whether its words lead away from the article (`streams.clean.body.boilerplate`)."""
        if self._leads_away is None:
            self._leads_away = leads_away(self.text)
        return self._leads_away

    @property
    def link_share(self) -> float:
        """Share of the characters within links."""
        return min(1.0, self.linked / len(self.text)) if self.text else 0.0


class Reach(IntEnum):
    """How much of a page is read, from little to much.

    Attributes:
        ARTICLE: No part that its element or role puts outside the article, and none with the
            name of boilerplate unless it has most of the page's text: a misnamed wrapper.
        NAMED_PARTS: Also parts with the names of boilerplate, of any size.
        LARGE_PARTS: Also asides, footers and the like with most of the page's text: an element
            that is not closed.
    """

    ARTICLE = 0
    NAMED_PARTS = 1
    LARGE_PARTS = 2


def strip_unread(root: Element, *, headline: Element | None = None) -> None:
    """Remove from a tree, in place, elements whose content is not text for readers.

    Args:
        root: The tree.
        headline: The page's headline; a part that contains it is not removed, since
            a script shows it.
    """
    etree.strip_elements(root, *_UNREAD, with_tail=False)
    remove_parts(root, hidden_parts(root, headline=headline))


class PageLines:
    """Walks the body of a tree once and collects its lines.

    Args:
        root: The tree, after `strip_unread`.
        reach: Which parts outside the article are read too.
        headline: The page's headline, which no part outside the article contains; None if it
            is unknown: then any level-one heading.

    Attributes:
        lines: Lines in reading order.
        running: Number of characters of running text in the page.
    """

    def __init__(
        self, root: Element, *, reach: Reach = Reach.ARTICLE, headline: Element | None = None
    ) -> None:
        self._reach = reach
        self._around = (
            None if headline is None else frozenset((headline, *headline.iterancestors()))
        )
        self._read = 0
        self.running = 0
        self.lines: list[TextLine] = []
        self._parts: list[str] = []
        self._linked = 0
        self._strong = 0
        self._breaks = 0
        body = root.find("body")
        start = root if body is None else body
        self.running = _running(start)
        self._walk(start)

    def _walk(self, start: Element) -> None:
        """Walk the tree without recursion, since pages nest deeper than Python's stack allows."""
        context = _Context(start, frozenset(), linked=False, strong=False)
        stack: list[tuple[Element, _Context, _Context | None]] = [(start, context, None)]
        while stack and len(self.lines) < MAX_LINES:
            element, outer, inner = stack.pop()
            tag = element.tag
            inline = tag in INLINE
            if inner is not None:
                if not inline:
                    self._flush(inner)
            elif tag == "br":
                self._break(outer)
            elif not isinstance(tag, str) or (not inline and self._is_outside(element, tag)):
                if not inline:
                    self._flush(outer)
            else:
                if not inline:
                    self._flush(outer)
                inner = outer.enter(element, tag, inline=inline)
                self._add(element.text, inner)
                stack.append((element, outer, inner))
                stack.extend((child, inner, None) for child in reversed(element))
                continue
            if element is not start:
                self._add(element.tail, outer)

    def _is_outside(self, element: Element, tag: str) -> bool:
        """Return whether a part of the page is outside the article, by element, role and names."""
        if tag == "figcaption":
            return True
        attributes = element.attrib
        role = attributes.get("role")
        if tag in _OUTSIDE or role in _OUTSIDE_ROLES:
            return self._is_left_out(element)
        if role in _ROLES or attributes.get("aria-hidden") == "true":
            return self._is_small(element)
        names = attributes.get("class", "")
        if tag not in _HEADINGS:
            names = f"{names} {attributes.get('id', '')}"
        return (
            bool(names.strip()) and tag != "body" and self._is_called_outside(element, tag, names)
        )

    def _is_called_outside(self, element: Element, tag: str, names: str) -> bool:
        if is_consent(names) or is_discussion(names) or is_dialog(names):
            return self._is_left_out(element, MAX_DISCUSSION_SHARE)
        level = 0 if self._reach is Reach.NAMED_PARTS else boilerplate_score(names)
        if level == 2:  # noqa: PLR2004 - never
            return self._is_small(element)
        if level == 1:
            limit = MAX_SELDOM_PARAGRAPH if tag == "p" else MAX_SELDOM_CHARACTERS
            if tag in _HEADINGS or _size(element) > limit or self._has_headline(element):
                return False
            pointer = _has(element, "a") or _running(element) < MIN_UNLINKED_CHARACTERS
            return pointer or self._read > MAX_READ_ABOVE_LEAD
        return False

    def _is_left_out(self, element: Element, most: float = MAX_OUTSIDE_SHARE) -> bool:
        """Return whether a part outside the article by definition is not read."""
        if self._reach is Reach.LARGE_PARTS:
            return self._is_small(element, most)
        return not self._has_headline(element) and not _has(element, "main")

    def _is_small(self, element: Element, most: float = MAX_OUTSIDE_SHARE) -> bool:
        return _running(element) < most * self.running and not self._has_headline(element)

    def _has_headline(self, element: Element) -> bool:
        return _has(element, "h1") if self._around is None else element in self._around

    def _add(self, text: str | None, context: "_Context") -> None:
        if not text:
            return
        self._parts.append(text)
        if not text.isspace():
            self._breaks = 0
            self._linked += len(text) if context.linked else 0
            self._strong += len(text) if context.strong else 0

    def _break(self, context: "_Context") -> None:
        """End the line at two breaks, or at one after the end of a sentence."""
        self._breaks += 1
        so_far = "".join(self._parts).rstrip()
        if self._breaks > 1 or so_far.endswith((".", "!", "?", ":", "”", '"', "。", "…")):
            self._flush(context)
        else:
            self._parts.append(" ")

    def _flush(self, context: "_Context") -> None:
        if not self._parts:
            return
        text = " ".join("".join(self._parts).split())
        if text:
            self._read += len(text) if len(text) >= MIN_UNLINKED_CHARACTERS else 0
            block = context.block
            self.lines.append(
                TextLine(text, str(block.tag), block, self._linked, self._strong, context.within)
            )
        self._parts.clear()
        self._linked = self._strong = 0


def _size(element: Element) -> int:
    return sum(map(len, element.itertext()))


def _running(element: Element) -> int:
    """Count characters of running text: of text nodes too long to be a label or menu item."""
    return sum(n for n in map(len, element.itertext()) if n > MIN_NODE_CHARACTERS)


def _has(element: Element, tag: str) -> bool:
    return next(element.iter(tag), None) is not None
