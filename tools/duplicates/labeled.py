"""Read the pairs that were judged by reading: their labels are here, their texts are not."""

import lzma
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from streams.evaluate.duplicates import Pair

LABELS = Path(__file__).with_name("labels.tsv")
TEXTS = {
    "reuters": Path("replay/reuters-21578.jsonl.xz"),
    "ecb": Path("stories/ecbplus-1-35.jsonl"),
}


def labeled_pairs(name: str, folder: Path) -> Iterator[Pair]:
    """Yield the judged pairs of a set.

    Args:
        name: A key of ``TEXTS``.
        folder: Folder with the texts, ``../shared/evals``.
    """
    rows = {str(row["id"]): row for row in _rows(folder / TEXTS[name])}
    for line in LABELS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        set_name, one, other, label = line.split("\t")
        if set_name == name:
            a, b = rows[one], rows[other]
            yield Pair(
                f"{one} {other}",
                a["text"],
                b["text"],
                is_copy=label == "1",
                a_title=a["title"] or "",
                b_title=b["title"] or "",
                hours=_hours(a["published"], b["published"]),
            )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path) if path.suffix == ".xz" else path.open("rb") as lines:
        yield from map(orjson.loads, lines)


def _hours(one: str | None, other: str | None) -> float:
    if not one or not other:
        return 0.0
    return (datetime.fromisoformat(other) - datetime.fromisoformat(one)).total_seconds() / 3600
