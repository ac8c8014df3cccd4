"""Print the names that are found and linked in text files, by default the seeds.

    python tools/seed_names.py [FILE …]

One line for each spelling: its number of mentions, type and entity, and how it was linked.
"""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from streams.driver import EPOCH, create_driver  # noqa: E402
from streams.records import EnrichedArticle, RawArticle  # noqa: E402
from streams.settings import Settings  # noqa: E402
from streams.sources.files.files import read_articles  # noqa: E402


def enriched(path: Path) -> EnrichedArticle:
    """Run the one article of a file through every stage in memory."""
    driver = create_driver(Settings(broker=""), now=EPOCH)
    (article,) = read_articles(path, now=lambda: EPOCH)
    if not isinstance(article, RawArticle):
        raise SystemExit(f"{path}: cannot be read as an article")
    results = driver.results(driver.put(article))
    for _, record in results:
        if isinstance(record, EnrichedArticle):
            return record
    raise SystemExit(f"{path}: the article was dropped")


def table(path: Path) -> Table:
    """Return a table of the names in a file, in order of their first mention."""
    article = enriched(path)
    names = {entity.id: entity.name for entity in article.entities}
    rows = Counter((m.surface, m.type.value, m.entity_id, m.method) for m in article.mentions)
    shown = Table("name", "times", "type", "entity", "linked by", title=path.name)
    for (surface, kind, id_, method), count in rows.items():
        entity = f"{names[id_]} ({id_})" if not id_.startswith("local:") else id_
        shown.add_row(surface, str(count), kind, entity, method)
    return shown


def main() -> None:
    """Print a table for each file."""
    files = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "seeds").glob("*.txt"))
    console = Console(width=120)
    for path in files:
        console.print(table(path))


if __name__ == "__main__":
    main()
