"""The lines of a page in, the run of them that holds its article out."""

import re
from typing import Final

from lxml.etree import _Element as Element

from streams.clean.body.boilerplate import leads_away
from streams.clean.body.text_lines import TextLine

MIN_RUNNING_CHARACTERS: Final = 40
"""A line of running text; shorter ones count only with a full stop."""

MAX_LINK_SHARE: Final = 0.5
"""Lines with more linked text are pointers, not text."""

MIN_SHARE_TO_DESCEND: Final = 0.7
"""Share of an element's running text that one child must hold to be the better container.

Swept .7 to .95 on fundus-dev, 2026-11: F1 .964 to .965, precision best at .7.
"""

LIST_DISCOUNT: Final = 0.3
"""Items of lists count less: comments are lists more often than articles are."""

MIN_NAMED_SHARE: Final = 0.5
"""Share of the page's running text that an element named as the body must hold to be believed."""

STOP: Final = re.compile(r"[.!?…:;。！？」』।؟۔][\"”’»«“)\]]*\d{0,2}$")
"""The end of a sentence, perhaps with a footnote."""

_BODY_NAME: Final = re.compile(
    r"article[-_]*(?:body|text|content|main)|"
    r"(?:story|post|entry|news|content)[-_]*(?:body|content|text)\b|"
    r"\bbody[-_]*(?:text|content|copy)\b|rich-?text|\barticle__body",
    re.IGNORECASE,
)
_WIDE: Final = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uffef]")


def text_weight(line: TextLine) -> float:
    """Say how much running text a line is: its characters, those of ideographs for three.

    A line that is mostly links, or too short to be a sentence, is none.
    """
    n = len(line.text)
    wide = len(_WIDE.findall(line.text)) if not line.text.isascii() else 0
    size = n + 2 * wide
    if line.link_share > MAX_LINK_SHARE or leads_away(line.text):
        return 0.0
    if size < MIN_RUNNING_CHARACTERS and not STOP.search(line.text):
        return 0.0
    if line.tag[0] == "h" and line.tag[1:].isdigit():
        return 0.0
    return size * (1 - line.link_share)


def article_lines(lines: list[TextLine]) -> tuple[int, list[TextLine]]:
    """Find the lines that stand in the article's container, or look like those that do.

    Args:
        lines: From below the headline to the end of the page.

    Returns:
        How many lines stand before the first of them, and they.
    """
    containers = _container(lines)
    if containers is None:
        return 0, []
    within = [_is_within(line, containers) for line in lines]
    return within.index(True), _widened(lines, within)


def _container(lines: list[TextLine]) -> set[Element] | None:
    """Find the smallest element, or the named ones, that hold the article's running text."""
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
        root = best


def _named(scores: dict[Element, float], total: float) -> set[Element]:
    """Find elements that are marked up as the article's body and hold enough of the text."""
    marked = {e for e in scores if e.get("itemprop") == "articleBody"}
    marked = marked or {e for e in scores if _BODY_NAME.search(e.get("class", ""))}
    outer = {e for e in marked if not any(a in marked for a in e.iterancestors())}
    return outer if sum(scores[e] for e in outer) >= MIN_NAMED_SHARE * total else set()


def _is_within(line: TextLine, containers: set[Element]) -> bool:
    if line.parent in containers:
        return True
    return any(ancestor in containers for ancestor in line.parent.iterancestors())


def _widened(lines: list[TextLine], within: list[bool]) -> list[TextLine]:
    """Add to the lines of a container their neighbors above and below that look like them."""
    first, last = within.index(True), len(within) - 1 - within[::-1].index(True)
    running = (
        line for line, inside in zip(lines, within, strict=True) if inside and text_weight(line)
    )
    styles = {line_look(line) for line in running} - {""}
    while first > 0 and _extends(lines[first - 1], styles):
        first -= 1
    while last + 1 < len(lines) and _extends(lines[last + 1], styles):
        last += 1
    return [
        line
        for index, line in enumerate(lines)
        if within[index] or (first <= index <= last and line_look(line) in styles)
    ]


def _extends(line: TextLine, styles: set[str]) -> bool:
    """Tell whether the article may go on at a line: it looks like its own, or says nothing."""
    return line_look(line) in styles or (
        not text_weight(line) and line.link_share <= MAX_LINK_SHARE
    )


def line_look(line: TextLine) -> str:
    """Name how a line looks: paragraphs of one article look alike, also outside of its container.

    Empty for a line without a class of its own or of its element's.
    """
    own = line.parent.get("class")
    if own:
        return f"{line.tag} {own}"
    around = line.parent.getparent()
    outer = around.get("class") if around is not None else None
    return f"{line.tag} < {outer}" if outer else ""
