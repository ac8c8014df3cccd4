"""Render one article through every stage in memory, with what each stage added."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from streams.driver import EPOCH, create_driver
from streams.records import RawArticle, Record
from streams.settings import Settings
from streams.sources.files.files import read_articles

WIDTH = 100
"""Maximum length of a line; longer ones are cut, because the kind of content is what matters."""

FEW = 4
"""Number of mentions and entities that are shown."""


def way_of(path: Path) -> str:
    """Return the records of the one article in a file as Markdown, a block for each stage.

    The rules are the shipped ones and the clock is fixed: the same file gives the same text.
    """
    driver = create_driver(Settings(broker=""), now=EPOCH)
    (article,) = read_articles(path, now=lambda: EPOCH)
    assert isinstance(article, RawArticle)  # noqa: S101  # a seed can be read
    origin = driver.put(article)
    results = driver.results(origin)
    before: dict[str, Any] = {}
    blocks = []
    for topic, record in [("articles.raw.v1", article), *results]:
        if topic.startswith("routed."):
            continue
        fields = _fields(record)
        blocks.append(
            f"`{topic}`, {type(record).__name__}:\n\n```text\n{_news(before, fields)}\n```"
        )
        before = fields
    routed = [(topic, record) for topic, record in results if topic.startswith("routed.")]
    return "\n\n".join([*blocks, _routes(routed)])


def _fields(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(record)
    if isinstance(record, RawArticle):
        fields["body"] = record.body.decode()
    return fields


def _news(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return a line for each field that is new or changed, and is not empty."""
    lines: list[str] = []
    for name, value in after.items():
        if value in (None, "", (), [], {}) or before.get(name) == value:
            continue
        news = value[len(before.get(name, ())) :] if name == "receipts" else value
        lines += _rows(name, SHOWN.get(name, _plain)(news, after))
    return "\n".join(lines)


def _rows(name: str, rows: Iterable[str]) -> list[str]:
    """Return rows with the name of a field before the first of them."""
    return [
        cut(f"{name if number == 0 else '':<13} {row}".rstrip()) for number, row in enumerate(rows)
    ]


def cut(line: str) -> str:
    """Return a line cut to `WIDTH`, with an ellipsis if it was longer.

    Examples:
        >>> cut("a" * 200)[-3:]
        'aa…'
    """
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _plain(value: Any, _record: dict[str, Any]) -> Iterator[str]:
    yield (
        value.replace("\n", "⏎")
        if isinstance(value, str)
        else json.dumps(value, ensure_ascii=False)
    )


def _parts(value: Sequence[dict[str, Any]], record: dict[str, Any]) -> Iterator[str]:
    for part in value:
        yield f"{part['kind']:<10} {record['text'][part['start'] : part['end']]}"


def _sources(value: dict[str, dict[str, Any]], _record: dict[str, Any]) -> Iterator[str]:
    yield ", ".join(f"{name} from {found['source']}" for name, found in value.items())


def _mentions(value: Sequence[dict[str, Any]], _record: dict[str, Any]) -> Iterator[str]:
    for found in value[:FEW]:
        where = f"{found['in']} {found['start']}–{found['end']}"
        yield f"{found['surface']!r} in {where}: {found['type']} {found['entity_id']}"
    yield f"… {len(value)} in all"


def _entities(value: Sequence[dict[str, Any]], _record: dict[str, Any]) -> Iterator[str]:
    for found in value[:FEW]:
        yield (
            f"{found['name']} ({found['id']}, {found['type']}): {found['count']} mentions, "
            f"salience {found['salience']}"
        )
    yield f"… {len(value)} in all"


def _receipts(value: Sequence[dict[str, Any]], _record: dict[str, Any]) -> Iterator[str]:
    for receipt in value:
        parts = (receipt["stage"], receipt["decision"], receipt["rule"], receipt["evidence"])
        yield " · ".join(filter(None, parts))


SHOWN: dict[str, Callable[[Any, dict[str, Any]], Iterator[str]]] = {
    "paragraphs": _parts,
    "provenance": _sources,
    "mentions": _mentions,
    "entities": _entities,
    "receipts": _receipts,
}
"""Fields with a rendering that is easier to read."""


def _routes(routed: list[tuple[str, Record]]) -> str:
    receipts = _fields(routed[0][1])["receipts"]
    rows = (line for line in _receipts(receipts, {}) if line.startswith("route "))
    lines = "\n".join(_rows("receipts", rows))
    topics = ", ".join(f"`{topic}`" for topic, _ in routed)
    return f"{topics}, the same record with a receipt for each route:\n\n```text\n{lines}\n```"
