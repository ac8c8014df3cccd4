"""Writes the file that streams.tag.knowledge reads."""

import json
import lzma
import re
from collections import defaultdict
from collections.abc import Iterator

from kb.entry import Collection, Entry
from kb.places import ASTRAL
from streams.tag.document import OFFICES as OFFICE_WORDS
from streams.tag.knowledge import FORMAT, KINDS
from streams.tag.names import SAME_LENGTH, fold

MOST_CANDIDATES = 6
"""Bearers kept per name; more are never told apart by what the linker knows."""


MOST_HOLDERS = 80
"""Holders kept per office and country, the best known first."""

OFFICE = 35
"""Prior from which a person holds or held an executive office: found by surname and office."""


def surnames(entry: Entry) -> set[str]:
    """Give the folded last words of a person's Latin names; a particle stays with them."""
    found = set()
    for name in entry.names:
        words = name.split()
        if len(words) < 2 or (not name.isascii() and not words[-1][0].isalpha()):  # noqa: PLR2004
            continue
        found.add(fold(words[-1]))
    return found - {""}


_HINT = re.compile(r"[A-Z][A-Za-zÀ-ž0-9&.'’ -]{3,40}$")


SOVEREIGN = 50

HELD = frozenset(OFFICE_WORDS.values()) - {""}


def offices(entry: Entry) -> set[str]:
    """Give the keys of the offices a person holds or held: ``~minister@de``."""
    held, _, countries = " ".join(entry.notes).casefold().rpartition("@")
    words = set(re.findall(r"[a-z]+", held)) & HELD
    return {f"~{word}@{code}" for word in words for code in countries.split()}


def is_hint(name: str) -> bool:
    """Whether a name that only links may hint the tagger: Latin, capitalized, four letters."""
    return bool(_HINT.match(name))


def packed(collection: Collection) -> tuple[bytes, dict[str, int]]:
    """Give the packed file and its counts."""
    _spell_parties_small(collection)
    entries = sorted(collection.entries.values(), key=lambda entry: (-entry.prior, entry.id))
    owners: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, entry in enumerate(entries):
        for key, weight in _keys(entry):
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


def _spell_parties_small(collection: Collection) -> None:
    """Add the spelling of British papers: Labour party."""
    for entry in collection.entries.values():
        if entry.type == "org":
            parties = [name for name in entry.names if name.endswith(" Party")]
            entry.add_names(name[:-5] + "party" for name in parties)
            entry.scan.update(n[:-5] + "party" for n in parties if n in entry.scan)


def _keys(entry: Entry) -> Iterator[tuple[str, int]]:
    """Give the keys an entity is found under, with its weight there."""
    for name, strength in entry.names.items():
        key = fold(name)
        if key and len(name) > 1 and max(name) < ASTRAL:
            yield key, entry.prior + 8 * strength
    if entry.type == "person" and entry.prior >= OFFICE and entry.notes:
        for key in {*("~" + surname for surname in surnames(entry)), *offices(entry)}:
            yield key, entry.prior
    if "territories.jsonl" in entry.sources and entry.prior >= SOVEREIGN:
        yield entry.notes[0].split("-")[0], entry.prior


def _patterns(entries: list[Entry]) -> dict[str, str]:
    """Give the names to look for and their kinds; the best known owner decides the kind."""
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
