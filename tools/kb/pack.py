"""Writes the file that streams.tag.knowledge reads."""

import json
import lzma
from collections import defaultdict

from kb.entry import Collection, Entry
from streams.tag.knowledge import FORMAT
from streams.tag.names import SAME_LENGTH, fold

MOST_CANDIDATES = 6
"""Bearers kept per name; more are never told apart by what the linker knows."""


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


def packed(collection: Collection) -> tuple[bytes, dict[str, int]]:
    """Give the packed file and its counts."""
    entries = sorted(collection.entries.values(), key=lambda entry: (-entry.prior, entry.id))
    owners: dict[str, list[tuple[int, int]]] = defaultdict(list)
    patterns: set[str] = set()
    for index, entry in enumerate(entries):
        for name, strength in entry.names.items():
            key = fold(name)
            if key and len(name) > 1:
                owners[key].append((-(entry.prior + 8 * strength), index))
        if entry.type == "person" and entry.prior >= OFFICE:
            for surname in surnames(entry):
                owners["~" + surname].append((-entry.prior, index))
        patterns.update(name.translate(SAME_LENGTH) for name in entry.scan)
    keys = sorted(owners)
    lines = [_line(entry) for entry in entries]
    lines += keys
    lines += [_owners(owners[key]) for key in keys]
    lines += sorted(patterns)
    counts = {"entities": len(entries), "keys": len(keys), "patterns": len(patterns)}
    header = json.dumps({"format": FORMAT, **counts})
    text = "\n".join([header, *lines])
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME), counts


def _line(entry: Entry) -> str:
    fields = [
        entry.id,
        " ".join(entry.also),
        entry.name,
        entry.type,
        str(min(entry.prior, 100)),
        "; ".join(entry.notes)[:200],
    ]
    return "\t".join(" ".join(field.split()) for field in fields)


def _owners(ranked: list[tuple[int, int]]) -> str:
    best: list[int] = []
    for _, index in sorted(ranked):
        if index not in best:
            best.append(index)
    return ",".join(map(str, best[:MOST_CANDIDATES]))
