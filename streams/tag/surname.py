"""Bare surnames: linked only to somebody the article names in full, or by the office before it."""

import re
from collections.abc import Mapping, Sequence

from schemas.enriched import EntityType, Field
from streams.tag.knowledge import Knowledge, Known
from streams.tag.mentions import Found
from streams.tag.names import fold, is_whole

OFFICES = {
    "president": "president",
    "secretary": "secretary",
    "secy": "secretary",
    "minister": "minister",
    "premier": "prime minister",
    "chancellor": "chancellor",
    "king": "king",
    "queen": "queen",
    "counterpart": "",
}
"""Word before a surname to the word that must stand among its bearer's offices; empty: any."""

_OFFICE_AND_NAME = re.compile(
    r"\b(" + "|".join(OFFICES) + r")\s+(?=[^\W\d_])([\w'’-]{3,})", re.IGNORECASE
)
_SHORTEST = 3
_OFFICE_PRIOR = 50
"""Prior of foreign ministers and heads of state or government: what an office alone may name."""


def office_holders(texts: Mapping[Field, str], knowledge: Knowledge) -> list[Found]:
    """Find surnames that stand right after an office that one known person holds or held."""
    found = []
    for field, text in texts.items():
        for match in _OFFICE_AND_NAME.finditer(text):
            office = OFFICES[match[1].casefold()]
            start, end = match.span(2)
            holders = [
                known
                for known in knowledge.holders(match[2])
                if known.prior >= _OFFICE_PRIOR and office in known.note.casefold()
            ]
            if len(holders) == 1 and match[2][0].isupper() and is_whole(text, start, end):
                found.append(Found(field, start, end, holders[0], 0.9, "office", match[0]))
    return found


def surnames(texts: Mapping[Field, str], people: Sequence[Found]) -> list[Found]:
    """Find further mentions by surname of people that the article names already.

    Args:
        texts: Title and text.
        people: Names of people linked so far.

    Returns:
        One for each bare surname with a single bearer in this article.
    """
    bearers: dict[str, dict[str, Known]] = {}
    for name in people:
        if name.known.type is EntityType.PERSON:
            last = texts[name.field][name.start : name.end].split()[-1]
            for surname in {last, name.known.name.split()[-1]}:
                bearers.setdefault(surname, {})[name.known.id] = name.known
    single = {s: next(iter(b.values())) for s, b in bearers.items() if len(b) == 1}
    wanted = [re.escape(s) for s in single if len(s) >= _SHORTEST and s[0].isupper()]
    if not wanted:
        return []
    pattern = re.compile("|".join(sorted(wanted, key=len, reverse=True)))
    return [
        Found(field, match.start(), match.end(), single[match[0]], 0.9, "surname", fold(match[0]))
        for field, text in texts.items()
        for match in pattern.finditer(text)
        if is_whole(text, match.start(), match.end())
    ]
