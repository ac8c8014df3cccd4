"""Compare a short page with the entry of the feed that links to it."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from streams.clean.non_article import PageSignals
from streams.text.characters import text_size

MAX_SIZE: Final = 400
"""Largest text of a page that is compared: a longer one is an article, whatever its headline."""

MIN_WORDS: Final = 2
"""Fewest words of an entry that are compared: "Live" and "Episode 7" say nothing."""

STEM_LETTERS: Final = 4
"""Letters by which words are compared, since headlines and texts decline them differently."""

_WORD: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\\W\\d_]{4,}")
_JOINED: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_unrelated(signals: PageSignals, *, text: str, announced: str) -> bool:
    """Return whether a short page has no word in common with the entry that links to it.

    This is how an error page, a wall or a parked domain looks in any language. A page that
    declares an article is not judged.

    Args:
        signals: Signs of the page, with its titles and lines.
        text: The extracted text.
        announced: Title and teaser of the entry.

    Examples:
        >>> lost = PageSignals(is_page=True, titles=("Tr\u00fang kh\u00f4ng t\u1ed3n t\u1ea1i",))
        >>> is_unrelated(lost, text="", announced="County buys island of Hesta")
        True
    """
    if not signals.is_page or signals.is_marked or text_size(text) > MAX_SIZE:
        return False
    wanted = _stems([announced])
    if len(wanted) < MIN_WORDS:
        return False
    printed = (line.text for line in signals.lines)
    found = _stems([*signals.titles, signals.heading, text, *printed])
    return bool(found) and wanted.isdisjoint(found)


def _stems(texts: Iterable[str]) -> set[str]:
    """Return the beginnings of long words, and pairs of letters of scripts without spaces."""
    stems: set[str] = set()
    for text in texts:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        bare = "".join(c for c in decomposed if not unicodedata.combining(c))
        for word in _WORD.findall(unicodedata.normalize("NFC", bare)):
            if _JOINED.match(word):
                stems.update(word[start : start + 2] for start in range(len(word) - 1))
            else:
                stems.add(word[:STEM_LETTERS])
    return stems
