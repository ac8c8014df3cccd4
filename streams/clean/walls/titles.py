"""Judge the titles of a page: does one of them, but for the site's name, say what a wall says?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.clean.metadata.title import MAX_SUFFIX_WORDS, title_key, title_segments
from streams.clean.walls.phrases import count_senses, wall_reason, wall_senses
from streams.outcome import DropReason
from streams.text.characters import text_size

MAX_UNKNOWN: Final = 1
"""Most words of a wall's title that are not in the vocabulary."""

MIN_HEADLINE_WORDS: Final = 4
"""Fewest words of a headline; fewer may be the site's name."""

MIN_HEADLINE_SIZE: Final = 24
"""Least size of a headline in a script without spaces: eight ideographs."""


@dataclass(frozen=True, slots=True)
class TitleVerdict:
    """What the titles of a page say.

    Attributes:
        reason: What a wall says in a title; None if no title is a wall's.
        evidence: That title.
        has_headline: Whether another title is long enough to be an article's headline.
    """

    reason: DropReason | None = None
    evidence: str = ""
    has_headline: bool = False


def judge_titles(titles: Iterable[str], *, heading: str = "") -> TitleVerdict:
    """Judge the titles that a page gives itself.

    Args:
        titles: Title element and og:title, with or without the site's name.
        heading: Its level-one heading, which has no site's name; empty if none.

    Examples:
        >>> judge_titles(["Vik Post - Are you a robot?"]).reason.value
        'blocked'
        >>> headline = "Access denied - fans locked out"
        >>> judge_titles([headline], heading=headline)
        TitleVerdict(reason=None, evidence='', has_headline=True)
    """
    found = wall_reason(heading) if heading else None
    key = title_key(heading) if found is None else ""
    verdicts = [(heading, found)] if heading else []
    for title in titles:
        is_heading = bool(key) and key in title_key(title)
        verdicts.append((title, None if is_heading else _reason_of_segment(title)))
    evidence, reason = next(((t, r) for t, r in verdicts if r is not None), ("", None))
    return TitleVerdict(
        reason, evidence, has_headline=any(r is None and _is_headline(t) for t, r in verdicts)
    )


def _reason_of_segment(title: str) -> DropReason | None:
    """Return what a segment says if the other segments are short enough to be the site's name."""
    whole = wall_reason(title)
    if whole is not None:
        return whole
    segments = title_segments(title)
    reasons = [wall_reason(segment) for segment in segments]
    others = (s for s, reason in zip(segments, reasons, strict=True) if reason is None)
    if all(len(title_key(other).split()) <= MAX_SUFFIX_WORDS for other in others):
        return next(filter(None, reasons), None)
    return None


def _is_headline(title: str) -> bool:
    if wall_senses(title) is not None and count_senses(title).n_unknown <= MAX_UNKNOWN:
        return False
    n_words = len(title_key(title).split())
    wide = text_size(title) > len(title)
    return n_words >= MIN_HEADLINE_WORDS or (wide and text_size(title) >= MIN_HEADLINE_SIZE)
