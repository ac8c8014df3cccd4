"""Entities curated by hand: organizations and additional names of places, with Wikidata ids."""

from pathlib import Path

from kb.entry import Collection

DATA = Path(__file__).parent / "data"


def add_curated(collection: Collection, table: str) -> None:
    """Add the rows of a table.

    Its columns: id, type, prior, name, names that scan, names that only link, codes of its
    countries, names that mean the entity only if its country is meant.
    """
    for line in (DATA / table).read_text().splitlines()[1:]:
        if not line or line.startswith("#"):
            continue
        id_, type_, prior, name, scan, link, codes, scoped = (line.split("\t") + [""] * 8)[:8]
        entry = collection.entry(id_, name, type_, int(prior), table)
        scanned = _parts(scan)
        entry.add_names([*scanned, *_parts(link)])
        entry.scan.update(scanned if name in _parts(link) else [name, *scanned])
        entry.scoped.update(_parts(scoped))
        if codes:
            entry.notes = [f"@{codes}"]


def _parts(column: str) -> list[str]:
    return [part.strip() for part in column.split("|") if part.strip()]
