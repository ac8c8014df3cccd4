"""Write the file that streams.tag.knowledge reads."""

import json
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from kb.entry import Collection, Entry
from kb.peoples import targets
from kb.places import ASTRAL
from streams.tag.knowledge import FORMAT, KINDS
from streams.tag.link.context import OFFICES as OFFICE_WORDS
from streams.tag.names import SAME_LENGTH, fold

MOST_CANDIDATES = 6
"""Entities kept per name; the linker cannot distinguish more."""


MOST_HOLDERS = 80
"""People kept per office and country, the best known first."""

OFFICE = 35
"""Lowest prior of a person with an executive office, who is found by surname and office."""


def surnames(entry: Entry) -> set[str]:
    """Return the folded last words of a person's Latin names; a particle stays with them."""
    found = set()
    for name in entry.names:
        words = name.split()
        if len(words) < 2 or (not name.isascii() and not words[-1][0].isalpha()):  # noqa: PLR2004
            continue
        found.add(fold(words[-1]))
    return found - {""}


_AFTER_LAST = frozenset({"jr", "sr", "ii", "iii", "iv"})


def last_name(name: str) -> str:
    """Return the folded last word of a full name, empty for a name of one word.

    Examples:
        >>> last_name("Tim Berners-Lee"), last_name("Robert Downey Jr."), last_name("Pelé")
        ('berners lee', 'downey', '')
    """
    words = name.split()
    while len(words) > 1 and fold(words[-1]) in _AFTER_LAST:
        words.pop()
    return fold(words[-1]) if len(words) > 1 else ""


_HINT = re.compile(r"[A-Z][A-Za-zÀ-ž0-9&.'’ -]{3,40}$")


FAMOUS = 45
"""Lowest prior for a bare surname: some 1 million readings in a year (QRank)."""

COMMON = 12
"""Number of people with one surname from which it names nobody by itself: Brown, Lee, Johnson."""

_TEAM = re.compile(
    r"(.+?) (?:men's )?national (?:association (?=football))?"
    r"(football|soccer|rugby union|cricket|basketball|ice hockey) team$"
)
"""A country's team, which is named like the country in texts about its sport."""

_SPORT = {"football": "association football", "soccer": "association football"}

HELD = frozenset(OFFICE_WORDS.values()) - {""}


def offices(entry: Entry) -> set[str]:
    """Return the keys of the offices that a person holds or held: ``~minister@de``."""
    held, _, countries = " ".join(entry.notes).casefold().rpartition("@")
    words = set(re.findall(r"[a-z]+", held)) & HELD
    return {f"~{word}@{code}" for word in words for code in countries.split()}


def is_hint(name: str) -> bool:
    """Return whether a name that only links may hint the tagger: Latin, capitalized, 4 letters."""
    return bool(_HINT.match(name))


def packed(collection: Collection) -> tuple[bytes, dict[str, int]]:
    """Return the packed file and its counts."""
    _add_lower_case_parties(collection)
    entries = sorted(collection.entries.values(), key=lambda entry: (-entry.prior, entry.id))
    bearers = Counter(last_name(entry.name) for entry in entries if entry.type == "person")
    owners: dict[str, list[tuple[int, int]]] = defaultdict(list)
    wanted = targets(collection)
    for index, entry in enumerate(entries):
        for key, weight in _keys(entry, wanted):
            if key[0] != "=" or bearers[key[1:]] < COMMON:
                owners[key].append((-weight, index))
    patterns = _patterns(entries)
    keys = sorted(owners)
    lines = [_line(entry) for entry in entries]
    lines += keys
    lines += [_owners(owners[key], MOST_HOLDERS if "@" in key else MOST_CANDIDATES) for key in keys]
    lines += sorted(patterns)
    lines.append("".join(patterns[name] for name in sorted(patterns)))
    counts = {"entities": len(entries), "keys": len(keys), "patterns": len(patterns)}
    header = json.dumps({"format": FORMAT, **counts})
    text = "\n".join([header, *lines])
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME), counts


def _add_lower_case_parties(collection: Collection) -> None:
    """Add the spelling of British papers: Labour party."""
    for entry in collection.entries.values():
        if entry.type == "org":
            parties = [name for name in entry.names if name.endswith(" Party")]
            entry.add_names(name[:-5] + "party" for name in parties)
            entry.scan.update(n[:-5] + "party" for n in parties if n in entry.scan)


def _keys(entry: Entry, wanted: AbstractSet[str]) -> Iterator[tuple[str, int]]:
    """Yield the keys under which an entity is found, with its weight there."""
    for name, strength in entry.names.items():
        key = fold(name)
        if key and len(name) > 1 and max(name) < ASTRAL:
            yield key, entry.prior + 8 * strength
    if entry.type == "person" and entry.prior >= OFFICE and entry.notes:
        for key in {*("~" + surname for surname in surnames(entry)), *offices(entry)}:
            yield key, entry.prior
    if entry.type == "person" and entry.prior >= FAMOUS and (surname := last_name(entry.name)):
        yield "=" + surname, entry.prior
    for target in {entry.code, entry.id} & wanted:
        yield "@" + target, entry.prior
    team = _TEAM.match(entry.name)
    if team:
        yield f"{fold(team[1])}@{_SPORT.get(team[2], team[2])}", entry.prior
    for name in entry.scoped:
        for code in entry.notes[0][1:].split():
            yield f"{fold(name)}@{code}", entry.prior


def _patterns(entries: list[Entry]) -> dict[str, str]:
    """Return the names to search with their kinds; the best known owner decides the kind."""
    patterns: dict[str, str] = {}
    for entry in entries:
        for name in sorted(name for name in entry.scan if max(name) < ASTRAL):
            patterns.setdefault(name.translate(SAME_LENGTH), KINDS[entry.type])
    for entry in entries:
        for name in sorted(set(entry.names) - entry.scan):
            if entry.type != "gpe" and is_hint(name):
                patterns.setdefault(name.translate(SAME_LENGTH), KINDS[entry.type].upper())
    return patterns


def _line(entry: Entry) -> str:
    fields = [
        entry.id,
        " ".join(entry.also),
        entry.name,
        entry.type,
        str(min(entry.prior, 100)),
        " ".join(entry.notes)[:200],
    ]
    return "\t".join(" ".join(field.split()) for field in fields)


def _owners(ranked: list[tuple[int, int]], most: int) -> str:
    best: list[int] = []
    for _, index in sorted(ranked):
        if index not in best:
            best.append(index)
    return ",".join(map(str, best[:most]))
