"""Find the run of lines of a page that contains its article."""

import re
from typing import Final

from lxml.etree import _Element as Element

from streams.clean.body.text_lines import TextLine
from streams.text.characters import text_size

MIN_RUNNING_CHARACTERS: Final = 40
"""Shortest line of running text; shorter ones count only with a period."""

MAX_LINK_SHARE: Final = 0.5
"""Lines with more linked text are pointers, not text."""

MIN_SHARE_TO_DESCEND: Final = 0.7
"""Share of an element's running text at which one child is the better container.

Swept .7 to .95 on fundus-dev, 2026-11: F1 .964 to .965, precision best at .7.
"""

LIST_DISCOUNT: Final = 0.3
"""Weight of list items, since comments are lists more often than articles are."""

MIN_NAMED_SHARE: Final = 0.5
"""Least share of the page's running text in elements that are named as the body."""

STOP: Final = re.compile(r"[.!?…:;。！？」』।؟۔][\"”’»«“)\]]*\d{0,2}$")
"""The end of a sentence, perhaps with a footnote."""

_BODY_NAME: Final = re.compile(
    r"article[-_]*(?:body|text|content|main)|"
    r"(?:story|post|entry|news|content)[-_]*(?:body|content|text)\b|"
    r"\bbody[-_]*(?:text|content|copy)\b|rich-?text|\barticle__body",
    re.IGNORECASE,
)


def text_weight(line: TextLine) -> float:
    """Return the amount of running text in a line: its characters, ideographs counted as three.

    A line that is mostly links, or too short to be a sentence, counts 0.
    """
    if line.known_weight is None:
        line.known_weight = _weight(line)
    return line.known_weight


def _weight(line: TextLine) -> float:
    if line.link_share > MAX_LINK_SHARE or line.leads_away:
        return 0.0
    size = text_size(line.text)
    if size < MIN_RUNNING_CHARACTERS and not STOP.search(line.text):
        return 0.0
    if line.tag[0] == "h" and line.tag[1:].isdigit():
        return 0.0
    return size * (1 - line.link_share)


def article_lines(lines: list[TextLine]) -> tuple[int, list[TextLine]]:
    """Find the lines inside the article's container, and neighbors that look like them.

    Args:
        lines: Lines from below the headline to the end of the page.

    Returns:
        The number of lines before the first one inside the container, and the found lines.
    """
    containers = _container(lines)
    if containers is None:
        return 0, []
    known = dict.fromkeys(containers, True)
    within = [_is_within(line.parent, known) for line in lines]
    return within.index(True), _widen(lines, within)


def _container(lines: list[TextLine]) -> set[Element] | None:
    """Find the smallest element, or the named ones, that contain the article's running text."""
    scores: dict[Element, float] = {}
    children: dict[Element, set[Element]] = {}
    root: Element | None = None
    for line in lines:
        score = text_weight(line) * (LIST_DISCOUNT if "li" in line.within else 1)
        if not score:
            continue
        child = line.parent
        scores[child] = scores.get(child, 0.0) + score
        for ancestor in line.parent.iterancestors():
            children.setdefault(ancestor, set()).add(child)
            scores[ancestor] = scores.get(ancestor, 0.0) + score
            child = ancestor
        root = child
    if root is None:
        return None
    named = _named(scores, scores[root])
    if named:
        return named
    while True:
        best = max(children.get(root, ()), key=lambda element: scores[element], default=None)
        if best is None or scores[best] < MIN_SHARE_TO_DESCEND * scores[root]:
            return {root}
        if _is_one_of_paragraphs(best, children[root]):
            return {root}
        root = best


def _is_one_of_paragraphs(element: Element, siblings: set[Element]) -> bool:
    """Return whether an element is the longest of several paragraphs, which are one text."""
    return bool(element.tag == "p") and sum(each.tag == "p" for each in siblings) > 1


def _named(scores: dict[Element, float], total: float) -> set[Element]:
    """Find elements that are marked up as the article's body and contain enough of the text."""
    marked = {e for e in scores if e.get("itemprop") == "articleBody"}
    marked = marked or {e for e in scores if _BODY_NAME.search(e.get("class", ""))}
    outer = {e for e in marked if not any(a in marked for a in e.iterancestors())}
    return outer if sum(scores[e] for e in outer) >= MIN_NAMED_SHARE * total else set()


def is_named_body(element: Element) -> bool:
    """Return whether an element is marked up, or named, as the article's body."""
    if element.get("itemprop") == "articleBody":
        return True
    return _BODY_NAME.search(element.get("class", "")) is not None


def _is_within(element: Element, known: dict[Element, bool]) -> bool:
    """Return whether an element is a container or in one, and remember it for all on the way.

    Each element is visited once, however many lines are nested in it and however deep.
    """
    way: list[Element] = []
    at: Element | None = element
    while at is not None and at not in known:
        way.append(at)
        at = at.getparent()
    inside = at is not None and known[at]
    known.update(dict.fromkeys(way, inside))
    return inside


def _widen(lines: list[TextLine], within: list[bool]) -> list[TextLine]:
    """Extend the lines of a container by neighbors above and below that look like them."""
    first, last = within.index(True), len(within) - 1 - within[::-1].index(True)
    running = (
        line for line, inside in zip(lines, within, strict=True) if inside and text_weight(line)
    )
    styles = {line_look(line) for line in running} - {""}
    while first > 0 and _may_continue(lines[first - 1], styles):
        first -= 1
    while last + 1 < len(lines) and _may_continue(lines[last + 1], styles):
        last += 1
    return [
        line
        for index, line in enumerate(lines)
        if within[index] or (first <= index <= last and line_look(line) in styles)
    ]


def _may_continue(line: TextLine, styles: set[str]) -> bool:
    """Return whether the article may continue at a line: in its style, or without running text."""
    return line_look(line) in styles or (
        not text_weight(line) and line.link_share <= MAX_LINK_SHARE
    )


def line_look(line: TextLine) -> str:
    """Return the style of a line, which is equal for an article's paragraphs in any container.

    Empty for a line without a class of its own or of its element's parent.
    """
    own = line.parent.get("class")
    if own:
        return f"{line.tag} {own}"
    outer_element = line.parent.getparent()
    outer = outer_element.get("class") if outer_element is not None else None
    return f"{line.tag} < {outer}" if outer else ""
