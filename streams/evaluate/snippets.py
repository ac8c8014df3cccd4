"""Read trafilatura's evaluation: pages with snippets that their text has and does not have."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.evaluate.extraction_pages import GoldPage


@dataclass(frozen=True, slots=True)
class Snippets:
    """Labels of a page.

    Attributes:
        wanted: Parts of its text.
        unwanted: Parts of what is around the text.
    """

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]


def snippet_pages(archive: Path) -> Iterator[tuple[GoldPage, Snippets]]:
    """Yield the pages of ``trafilatura-eval.tar.xz``, each with its snippets.

    Title, date and author are labels of the page; it has no complete text.
    """
    files: dict[str, bytes] = {}
    # From start to end, because seeking in an xz file means decompressing it again.
    with tarfile.open(archive, "r|xz") as tar:
        for member in tar:
            data = tar.extractfile(member)
            if data is not None:
                files[member.name.rpartition("/")[2]] = data.read()
    for url, label in json.loads(files["evaldata.json"]).items():
        page = GoldPage(
            url,
            url if url.startswith("http") else "",
            files[label["file"]],
            title=label.get("title") or "",
            date=label.get("date") or "",
        )
        yield page, Snippets(tuple(label["with"]), tuple(label["without"]))
