"""Describe the lines of a page by numbers, from which `line_scorer` learns what the article is.

Every feature is independent of language and publisher: sizes, shares, positions, kinds of elements,
and what the rules (`streams.clean.body.main_content`) decided about the line and its neighbors.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from lxml.etree import _Element as Element

from streams.clean.body.boilerplate import boilerplate_score, ends_article, is_discussion
from streams.clean.body.container import STOP, is_named_body, line_look, text_weight
from streams.clean.body.known_fields import MIN_BODY_CHARACTERS, KnownFields
from streams.clean.body.main_content import MAX_END_CHARACTERS, is_heading
from streams.clean.body.repetition import comparison_key
from streams.clean.body.standfirst import is_named_standfirst
from streams.clean.body.text_lines import TextLine
from streams.text.characters import text_size

KEY_CHARACTERS: Final = 200
"""Characters of a line's key that are searched for in other fields …"""

MAX_KEY_SOURCE: Final = 400
"""… and characters of the line that they are made of, since keys omit spaces and signs."""

MAX_BODY_CHARACTERS: Final = 100_000
"""Characters of the JSON-LD body that are searched, so that the work is linear."""

N_DISTANT: Final = 20
"""Number of lines from which on a distance is the same."""

WINDOW: Final = 5
"""Number of lines above and below a line that are averaged."""

# fmt: off
LINE_FEATURES: Final = (
    "size", "running", "link", "strong", "stop", "commas", "capitals", "digits", "colon",
    "question", "exclamation", "ellipsis", "p", "div", "li", "heading_element", "low_heading",
    "h1", "table", "blockquote", "form", "header", "figure", "address", "away", "end", "heading",
    "seldom", "never", "in_body", "in_discussion", "in_article", "in_main", "own_seldom",
    "standfirst", "look_share", "look_lines", "look_kept", "look_precision", "no_look",
    "parent_share", "outer_share", "outermost_share", "own_share", "share_above", "share_below",
    "position", "own", "kept", "above_kept", "below_kept", "distance_above", "distance_below",
    "below_headline", "no_headline", "headline_distance", "is_title", "is_name", "described",
    "in_json_ld", "has_json_ld", "whole_json_ld", "repeated", "label", "depth", "few_words",
    "words", "address_sign",
)
# fmt: on
"""Names of the features of a line by itself."""

NEIGHBOR_FEATURES: Final = (
    "size", "running", "link", "li", "heading_element", "kept", "never", "seldom", "p", "away",
    "end", "strong", "look_kept", "stop", "own", "in_json_ld",
)  # fmt: skip
"""Features that are repeated for the two lines above and below."""

WINDOW_FEATURES: Final = ("kept", "link", "running", "size")
"""Features that are averaged over the lines above and below."""

OFFSETS: Final = (-2, -1, 1, 2)

FEATURES: Final = (
    *LINE_FEATURES,
    *(f"{name}{offset:+d}" for offset in OFFSETS for name in NEIGHBOR_FEATURES),
    *(f"{name}<{WINDOW}" for name in WINDOW_FEATURES),
    *(f"{name}>{WINDOW}" for name in WINDOW_FEATURES),
)
"""Names of the columns of `line_features`."""

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class PageReading:
    """What the rules found in a page.

    Attributes:
        lines: Lines of the page in reading order.
        own: Those in the block of the page's own article.
        kept: Those that the rules take for the article's text.
        above: Those between headline and text.
        headline: Element of the headline; None if the page prints none.
        known: Fields of the head.
    """

    lines: list[TextLine]
    own: list[TextLine]
    kept: list[TextLine]
    above: list[TextLine]
    headline: Element | None
    known: KnownFields


def line_features(reading: PageReading) -> Matrix:
    """Return one row of `FEATURES` for each line of a page.

    Takes time linear in the number of lines and the depth of the tree.

    Args:
        reading: The page's lines, and what the rules decided about them.
    """
    rows = np.array(_Describer(reading).rows(), dtype=np.float64).reshape(-1, len(LINE_FEATURES))
    return np.hstack([rows, *_neighbors(rows), *_windows(rows)])


def _neighbors(rows: Matrix) -> list[Matrix]:
    chosen = rows[:, [LINE_FEATURES.index(name) for name in NEIGHBOR_FEATURES]]
    shifted = []
    for offset in OFFSETS:
        moved = np.zeros_like(chosen)
        if offset < 0:
            moved[-offset:] = chosen[:offset]
        else:
            moved[:-offset] = chosen[offset:]
        shifted.append(moved)
    return shifted


def _windows(rows: Matrix) -> list[Matrix]:
    chosen = rows[:, [LINE_FEATURES.index(name) for name in WINDOW_FEATURES]]
    sums = np.vstack([np.zeros((1, chosen.shape[1])), np.cumsum(chosen, axis=0)])
    at = np.arange(len(rows))
    above = sums[at] - sums[np.maximum(0, at - WINDOW)]
    below = sums[np.minimum(len(rows), at + 1 + WINDOW)] - sums[np.minimum(len(rows), at + 1)]
    return [above / WINDOW, below / WINDOW]


@dataclass(slots=True)
class _Place:
    """What the names of an element and of those around it say."""

    boilerplate: int = 0
    body: bool = False
    discussion: bool = False
    article: bool = False
    main: bool = False
    depth: int = 0

    def inner(self, element: Element) -> "_Place":
        """Return the place of an element within this one."""
        classes = element.get("class", "")
        names = f"{classes} {element.get('id', '')}"
        is_named = bool(names.strip()) and element.tag not in {"html", "body"}
        return _Place(
            boilerplate=max(self.boilerplate, boilerplate_score(names) if is_named else 0),
            body=self.body or is_named_body(element),
            discussion=self.discussion or (is_named and is_discussion(names)),
            article=self.article or element.tag == "article",
            main=self.main or element.tag == "main",
            depth=self.depth + 1,
        )


class _Describer:
    """Describes the lines of one page by sums over all of them."""

    def __init__(self, reading: PageReading) -> None:
        self._lines = reading.lines
        self._known = reading.known
        self._own = set(map(id, reading.own))
        self._kept = set(map(id, reading.kept))
        self._weights = [text_weight(line) for line in self._lines]
        self._total = sum(self._weights) or 1.0
        self._within: dict[Element | None, float] = {None: self._total}
        self._places: dict[Element, _Place] = {}
        self._looks = [line_look(line) for line in self._lines]
        self._look_weight: dict[str, float] = {}
        self._look_lines: dict[str, int] = {}
        self._look_kept: dict[str, float] = {}
        self._texts: dict[str, int] = {}
        self._add_up()
        kept = [index for index, line in enumerate(self._lines) if id(line) in self._kept]
        self._first, self._last = (kept[0], kept[-1]) if kept else (0, -1)
        self._kept_total = sum(self._weights[index] for index in kept) or 1.0
        self._headline_at = next(
            (i for i, line in enumerate(self._lines) if line.parent is reading.headline), -1
        )
        known = reading.known
        self._titles = {comparison_key(text) for text in known.titles} - {""}
        self._names = {comparison_key(text) for text in known.names} - {""}
        self._descriptions = [comparison_key(text)[:60] for text in known.descriptions if text]
        long_body = len(known.body) >= MIN_BODY_CHARACTERS
        self._body = comparison_key(known.body[:MAX_BODY_CHARACTERS]) if long_body else ""

    def _add_up(self) -> None:
        for line, weight, look in zip(self._lines, self._weights, self._looks, strict=True):
            self._texts[line.text] = self._texts.get(line.text, 0) + 1
            self._look_weight[look] = self._look_weight.get(look, 0.0) + weight
            self._look_lines[look] = self._look_lines.get(look, 0) + 1
            if id(line) in self._kept:
                self._look_kept[look] = self._look_kept.get(look, 0.0) + weight
            element: Element | None = line.parent if weight else None
            while element is not None:
                self._within[element] = self._within.get(element, 0.0) + weight
                element = element.getparent()

    def rows(self) -> list[list[float]]:
        """Return `LINE_FEATURES` of each line."""
        above = 0.0
        rows = []
        for index, weight in enumerate(self._weights):
            rows.append(
                [
                    *self._of_text(self._lines[index], weight),
                    *self._of_elements(self._lines[index]),
                    *self._of_look(index),
                    *self._of_position(index, above),
                    *self._of_fields(self._lines[index]),
                ]
            )
            above += weight
        return rows

    def _of_text(self, line: TextLine, weight: float) -> tuple[float, ...]:
        text, tag = line.text, line.tag
        words = text.split()
        commas = text.count(",") + text.count("，") + text.count("、")
        return (
            math.log1p(text_size(text)) / 5,
            weight > 0,
            line.link_share,
            min(1.0, line.strong / len(text)),
            STOP.search(text) is not None,
            min(3, commas) / 3,
            sum(word[0].isupper() for word in words) / len(words),
            sum(map(str.isdigit, text)) / len(text),
            text[-1] == ":",
            text[-1] == "?",
            "!" in text,
            text.endswith(("…", "...")),
            tag == "p",
            tag == "div",
            "li" in line.within,
            tag in {"h1", "h2", "h3", "h4", "h5", "h6"},
            tag in {"h4", "h5", "h6"},
            tag == "h1",
            "td" in line.within or "th" in line.within,
            "blockquote" in line.within,
            "form" in line.within,
            "header" in line.within,
            "figure" in line.within,
            "address" in line.within,
            line.leads_away,
            len(text) <= MAX_END_CHARACTERS and ends_article(text),
            is_heading(line),
        )

    def _of_elements(self, line: TextLine) -> tuple[float, ...]:
        place = self._place(line.parent)
        return (
            place.boilerplate == 1,
            place.boilerplate > 1,
            place.body,
            place.discussion,
            place.article,
            place.main,
            boilerplate_score(line.parent.get("class", "")) == 1,
            is_named_standfirst(line),
        )

    def _of_look(self, index: int) -> tuple[float, ...]:
        look = self._looks[index]
        weight, kept = self._look_weight[look], self._look_kept.get(look, 0.0)
        outer = self._lines[index].parent.getparent()
        outermost = outer.getparent() if outer is not None else None
        return (
            weight / self._total,
            math.log1p(self._look_lines[look]) / 4,
            kept / self._kept_total,
            kept / (weight or 1.0),
            not look,
            self._within.get(self._lines[index].parent, 0.0) / self._total,
            self._within.get(outer, 0.0) / self._total,
            self._within.get(outermost, 0.0) / self._total,
            min(1.0, self._weights[index] / self._total * 5),
        )

    def _of_position(self, index: int, above: float) -> tuple[float, ...]:
        line, from_headline = self._lines[index], index - self._headline_at
        is_below = from_headline > 0 and self._headline_at >= 0
        return (
            above / self._total,
            1 - (above + self._weights[index]) / self._total,
            index / len(self._lines),
            id(line) in self._own,
            id(line) in self._kept,
            index < self._first,
            index > self._last,
            min(N_DISTANT, max(0, self._first - index)) / N_DISTANT,
            min(N_DISTANT, max(0, index - self._last)) / N_DISTANT,
            is_below,
            self._headline_at < 0,
            min(N_DISTANT, from_headline) / N_DISTANT if is_below else 1.0,
        )

    def _of_fields(self, line: TextLine) -> tuple[float, ...]:
        text = line.text
        key = comparison_key(text[:MAX_KEY_SOURCE])
        n_words = text.count(" ") + 1
        return (
            key in self._titles,
            key in self._names,
            self._is_described(key),
            bool(key and self._body) and key[:KEY_CHARACTERS] in self._body,
            bool(self._body),
            bool(self._body) and len(self._body) > 0.6 * self._kept_total,
            self._texts[text] > 1,
            self._texts[text] > 2,  # noqa: PLR2004
            min(40, self._place(line.parent).depth) / 40,
            n_words <= 3,  # noqa: PLR2004
            min(60, n_words) / 60,
            any(sign in text for sign in ("http://", "https://", "www.", "@", "©")),
        )

    def _is_described(self, key: str) -> bool:
        if len(key) < 20:  # noqa: PLR2004 - MIN_STANDFIRST_CHARACTERS
            return False
        return any(
            key.startswith(text) or text.startswith(key[:60]) for text in self._descriptions if text
        )

    def _place(self, element: Element) -> _Place:
        """Return the place of an element, from the outermost unknown one inwards."""
        unknown = []
        around: Element | None = element
        while around is not None and around not in self._places:
            unknown.append(around)
            around = around.getparent()
        place = self._places[around] if around is not None else _Place()
        for inner in reversed(unknown):
            place = self._places[inner] = place.inner(inner)
        return place
