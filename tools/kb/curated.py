"""What was curated by hand: organisations and extra names of places, with Wikidata ids."""

from pathlib import Path

from kb.entry import Collection

DATA = Path(__file__).parent / "data"


def add_curated(collection: Collection, table: str) -> None:
    """Add the rows of a table: id, type, prior, name, names that scan, names that only link."""
    for line in (DATA / table).read_text().splitlines()[1:]:
        if not line or line.startswith("#"):
            continue
        id_, type_, prior, name, scan, link = (line.split("\t") + [""] * 6)[:6]
        entry = collection.entry(id_, name, type_, int(prior), table)
        scanned = [part.strip() for part in scan.split("|") if part.strip()]
        entry.add_names([*scanned, *(part.strip() for part in link.split("|"))])
        entry.scan.update(scanned if name in link.split("|") else [name, *scanned])
