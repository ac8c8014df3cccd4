"""Organizations from lists: brands with Wikidata ids; clubs, universities, companies."""

import math
import re
from pathlib import Path

from kb.entry import Collection, Entry
from kb.words import Words
from streams.tag.names import fold

DATA = Path(__file__).parent / "data"
PRIORS = {"club": 10, "university": 16, "company": 12}
LEGAL = re.compile(
    r",?\s+(Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|PLC|plc|LLC|L\.?P|SA|S\.A|AG|NV|N\.V|"
    r"SE|AB|ASA|Holdings?|Group|Trust|International|Class [A-Z])\.?$"
)
_FUND = re.compile(
    r"\b(ETF|Funds?|Trust|Notes|Acquisition|ETN|Bond|Income|Shares?|Units?|Warrants?)\b"
)
"""Securities that are listed together with companies."""

_CLUB = re.compile(
    r"^(FC|F\.C\.|AFC|CF|SC|AC|AS|SV|FK|NK|SK|CD|CA|RC|US|1\.\s?FC)\s+|\s+(FC|AFC|CF|SC|A\.?F\.C\.|F\.C\.|C\.F\.)$"
)


def is_one_word_name(name: str, words: Words, first_names: set[str]) -> bool:
    """Return whether a capitalized word always names an organization, such as Tesco or KFC."""
    if " " in name or not name.isascii() or not name[:1].isupper() or name in first_names:
        return False
    shortest = 3 if name.isupper() else 5
    known = words.frequency(name) > -17.5  # noqa: PLR2004
    return len(name) >= shortest and known and words.is_name(name, margin=0.8)


def scan_one_word_names(
    collection: Collection, words: Words, first_names: set[str], surnames: set[str]
) -> None:
    """Mark such names of organizations as found without the tagger."""
    taken = {
        name
        for entry in collection.entries.values()
        if entry.type in {"gpe", "loc", "person", "norp"}
        for name in entry.names
    }
    taken_or_surname = taken | surnames
    for entry in collection.entries.values():
        if entry.type == "org" and entry.prior >= SHOPS and not entry.id.startswith("local:"):
            entry.scan.update(
                name
                for name, strength in entry.names.items()
                if strength
                and name not in taken_or_surname
                and (not name.isupper() or len(name) > 3 or entry.prior >= WELL_KNOWN)  # noqa: PLR2004
                and is_one_word_name(name, words, first_names)
            )


WELL_KNOWN = 45
"""Lowest prior at which three letters are enough."""

SHOPS = 26
"""Lowest prior of a brand that counts: that of one with four uses in the index."""


def add_brands(collection: Collection, words: Words) -> None:
    """Add brands.tsv: found by the tagger, or without it if the name is distinct."""
    for line in (DATA / "brands.tsv").read_text().splitlines()[1:]:
        id_, uses, about, name, other = line.split("\t")
        prior = 14 + round(6 * math.log2(int(uses)))
        entry = collection.entry(id_, name, "org", min(prior, 34), "name-suggestion-index")
        entry.type = entry.type or "org"
        if not entry.notes:
            entry.notes.append(about)
        names = [name, *other.split("|")]
        entry.add_names(without_legal(n) for n in names if n)
        entry.add_names(n for n in names if n)
        entry.scan.update(n for n in entry.names if is_distinct(n, words))


def without_legal(name: str) -> str:
    """Return a company's name without its legal form: ``Tesla, Inc.`` gives ``Tesla``."""
    short = LEGAL.sub("", LEGAL.sub("", name))
    return short if len(short) > 2 else name  # noqa: PLR2004


def without_club(name: str) -> str:
    """Return a club's name without the letters of its kind: ``Arsenal F.C.`` gives ``Arsenal``."""
    short = _CLUB.sub("", name)
    return short if len(short) > 3 else name  # noqa: PLR2004


def is_distinct(name: str, words: Words) -> bool:
    """Return whether a name of several words is distinct: one of them is not a common word."""
    parts = [part for part in re.split(r"[\s-]+", name) if part]
    if not re.search(r"[A-Za-z]", name):
        return False
    return (
        len(parts) > 1
        and len(name) > 7  # noqa: PLR2004
        and parts[0][0].isupper()
        and sum(words.is_ordinary(part) for part in parts) < len(parts) - 1
        and not all(words.frequency(part) > -15 for part in parts)  # noqa: PLR2004
    )


def add_lists(collection: Collection, folder: Path, words: Words) -> None:
    """Add clubs, universities and companies; known ones keep their Wikidata id."""
    by_name = _by_name(collection)
    for line in (folder / "organisations.tsv").read_text().splitlines()[1:]:
        name, kind = line.split("\t")[:2]
        if kind not in PRIORS:
            continue
        name = _SECURITY.sub("", name.strip('"').split(" - ")[0])
        if len(name) < 4 or not name[0].isupper():  # noqa: PLR2004
            continue
        known = by_name.get(fold(without_legal(name)))
        if known is None or (kind == "club" and not known.type):
            known = _local(collection, name, kind)
            by_name[fold(without_legal(name))] = known
        known.type = known.type or "org"
        short = {"company": without_legal, "club": without_club, "university": str}[kind]
        known.add_names([name, short(name)])
        if kind == "university" and " " in name and is_distinct(name, words):
            known.scan.add(name)


_SECURITY = re.compile(r"\s+(Common Stock|Ordinary Shares?|American Depositary Shares?).*$")


def _by_name(collection: Collection) -> dict[str, Entry]:
    """Return the best known organization, or entity of unknown type, of each folded name."""
    found: dict[str, Entry] = {}
    for entry in collection.entries.values():
        for name in entry.names if entry.type in {"org", ""} else ():
            best = found.get(fold(without_legal(name)))
            if best is None or best.prior < entry.prior:
                found[fold(without_legal(name))] = entry
    return found


def _local(collection: Collection, name: str, kind: str) -> Entry:
    prior = PRIORS[kind]
    key = fold(without_legal(name)).replace(" ", "-")
    return collection.entry(f"local:org:{key}", without_legal(name), "org", prior, kind)
