"""The two streams: real pages and plain newswire, as records of the raw topic."""

import gzip
import io
import json
import lzma
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from streams.records import encode
from streams.sources.article import raw_article

SETS = Path(__file__).parents[3] / "shared/evals"
FETCHED = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """Key and value of a record for the raw topic."""

    key: bytes
    value: bytes


def pages(sets: Path = SETS) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of every page of the two development sets, 1,112 pages."""
    folder = sets / "extraction/fundus-dev"
    for line in (folder / "gold.jsonl").open():
        gold = json.loads(line)
        with gzip.open(folder / "html" / Path(gold["html"]).name) as file:
            yield gold["url"], file.read()
    with tarfile.open(sets / "extraction/trafilatura-eval.tar.xz") as archive:
        for member in archive:
            file_ = archive.extractfile(member) if member.name.endswith(".html") else None
            if file_ is not None:
                yield f"https://pages.test/{Path(member.name).name}", file_.read()


def unique_page(page: bytes, sentence: str) -> bytes:
    """Return a page with a sentence in its first paragraph, so that no two pages are equal."""
    return page.replace(b"</p>", f" {sentence}</p>".encode(), 1)


def html_stream(n_articles: int, *, seed: int, sets: Path = SETS) -> list[RawMessage]:
    """Return pages in random order; after 1,112 they repeat and are found to be copies."""
    rng = random.Random(seed)  # noqa: S311  # the order of pages
    found = sorted(pages(sets))
    order = [
        page for _ in range(-(-n_articles // len(found))) for page in rng.sample(found, len(found))
    ]
    return [
        _message(
            url=f"{url}?run={seed}-{number}",
            body=unique_page(page, f"This is page {number} of run {seed}."),
            content_type="text/html",
        )
        for number, (url, page) in enumerate(order[:n_articles])
    ]


def text_stream(n_articles: int, *, seed: int, sets: Path = SETS) -> list[RawMessage]:
    """Return newswire articles of Reuters-21578, in their order, from a random position on."""
    with lzma.open(sets / "replay/reuters-21578.jsonl.xz", "rt") as file:
        items = [json.loads(line) for line in file]
    start = random.Random(seed).randrange(len(items) - n_articles)  # noqa: S311  # any position
    return [
        _message(
            external_id=f"{item['id']}-{seed}",
            body=f"{item['title']}\n\n{item['text']}".encode(),
            content_type="text/plain",
        )
        for item in items[start : start + n_articles]
    ]


STREAMS = {"html": html_stream, "text": text_stream}
"""The streams by name."""


def _message(*, body: bytes, content_type: str, url: str = "", external_id: str = "") -> RawMessage:
    article = raw_article(
        source="bench",
        fetched=FETCHED,
        body=body,
        url=url,
        external_id=external_id,
        content_type=content_type,
    )
    return RawMessage(article.id.encode(), encode(article))


def write_stream(path: Path, messages: list[RawMessage]) -> None:
    """Write a stream to a file: lengths and bytes."""
    with path.open("wb") as file:
        for message in messages:
            for part in (message.key, message.value):
                file.write(len(part).to_bytes(4, "big") + part)


def read_stream(path: Path) -> list[RawMessage]:
    """Read a stream that `write_stream` wrote."""
    file = io.BytesIO(path.read_bytes())
    parts = []
    while head := file.read(4):
        parts.append(file.read(int.from_bytes(head, "big")))
    return [RawMessage(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]
