"""Compare extraction from labeled pages by this pipeline and its peers."""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import trafilatura

from streams.evaluate.extraction import (
    GoldPage,
    ReadPage,
    Report,
    gold_pages,
    normal_title,
    read_page,
    same_day,
    score_page,
    summary,
)
from streams.evaluate.snippets import Snippets, snippet_pages

MAX_PAGE_BYTES = 20 * 1024 * 1024
"""The limit of this pipeline does not apply here, because peers have none."""

Reader = Callable[[GoldPage], ReadPage]


def ours(page: GoldPage) -> ReadPage:
    """Read a page as the stage does."""
    return read_page(page, max_page_bytes=MAX_PAGE_BYTES, fetched=datetime.now(UTC))


def cheap(page: GoldPage) -> ReadPage:
    """Read a page as the stage does after a time-out."""
    from streams.clean.article import clean_article  # noqa: PLC0415
    from streams.records.identity import article_id  # noqa: PLC0415
    from streams.records.raw import RawArticle  # noqa: PLC0415

    raw = RawArticle(
        id=article_id(body=page.html), source="bench", fetched=datetime.now(UTC), body=page.html
    )
    outcome = clean_article(raw, max_page_bytes=MAX_PAGE_BYTES, cheaply=True)
    record = getattr(outcome, "record", None)
    return ReadPage(page.id, text=record.text, title=record.title) if record else ReadPage(page.id)


def by_trafilatura(**options: Any) -> Reader:
    """Return a reader that uses trafilatura, metadata included."""

    def read(page: GoldPage) -> ReadPage:
        found = trafilatura.bare_extraction(page.html, with_metadata=True, **options)
        if found is None or isinstance(found, dict):
            return ReadPage(page.id, problem="nothing found")
        return ReadPage(
            page.id,
            title=found.title or "",
            authors=tuple((found.author or "").split("; ")) if found.author else (),
            date=found.date or "",
            text=found.text or "",
        )

    return read


def by_newspaper(page: GoldPage) -> ReadPage:
    """Read a page with newspaper4k."""
    from newspaper import Article  # noqa: PLC0415

    article = Article(page.url or "https://news.test/a", fetch_images=False)
    article.download(input_html=page.html.decode("utf-8", "replace"))
    article.parse()
    date = article.publish_date.isoformat() if article.publish_date else ""
    return ReadPage(
        page.id,
        title=article.title or "",
        authors=tuple(article.authors),
        date=date,
        text=article.text or "",
    )


def by_readability(page: GoldPage) -> ReadPage:
    """Read a page with readability-lxml; it finds no authors and no date."""
    from lxml.html import fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    document = Document(page.html.decode("utf-8", "replace"))
    text = "\n".join(fromstring(document.summary()).itertext())
    return ReadPage(page.id, title=document.short_title() or "", text=text)


def readers() -> dict[str, Reader]:
    """Return every installed reader, this pipeline's first."""
    found: dict[str, Reader] = {
        "news-streams": ours,
        "news-streams cheap": cheap,
        "trafilatura": by_trafilatura(),
        "trafilatura fast": by_trafilatura(fast=True, include_comments=False),
        "trafilatura precision": by_trafilatura(favor_precision=True),
    }
    if find_spec("newspaper"):
        found["newspaper4k"] = by_newspaper
    if find_spec("readability"):
        found["readability-lxml"] = by_readability
    return found


def timed(read: Reader, pages: Iterable[GoldPage]) -> Iterator[ReadPage]:
    """Yield results of pages with the CPU time of each; an exception is an error of the reader."""
    for page in pages:
        start = time.process_time()
        try:
            found = read(page)
        except Exception as error:  # noqa: BLE001 - a peer may raise anything
            found = ReadPage(page.id, problem=type(error).__name__)
        seconds = time.process_time() - start
        yield ReadPage(
            found.id, found.title, found.authors, found.date, found.text,
            found.language, seconds, found.problem,
        )  # fmt: skip


def print_fundus(folder: Path) -> None:
    """Print the scores for body, title, date and authors on a folder of labeled pages."""
    pages = list(gold_pages(folder))
    print(f"\n{len(pages)} pages of {folder.name}\n")
    print(
        f"{'':24}{'P':>7}{'R':>7}{'F1':>7}{'title':>7}{'cont.':>7}{'date':>7}{'auth.':>7}{'p/s':>7}"
    )
    for name, read in readers().items():
        reads = list(timed(read, pages))
        scored = tuple((g, r, score_page(g, r)) for g, r in zip(pages, reads, strict=True))
        s = summary(Report(scored))
        body, title = s["body"], s["title"]
        print(
            f"{name:24}{body['precision']:7.3f}{body['recall']:7.3f}{body['f1']:7.3f}"
            f"{title['exact']:7.3f}{title['containment']:7.3f}{s['date']:7.3f}"
            f"{s['authors']['f1']:7.3f}{s['pages_per_second']:7.0f}",
            flush=True,
        )


def print_snippets(archive: Path) -> None:
    """Print scores of snippets, titles and dates as trafilatura's evaluation computes them."""
    pages = list(snippet_pages(archive))
    print(f"\n{len(pages)} pages of {archive.name}\n")
    print(f"{'':24}{'P':>7}{'R':>7}{'F1':>7}{'title':>7}{'date':>7}{'p/s':>7}")
    for name, read in readers().items():
        reader = read if name != "news-streams" else _read_with_summary
        reads = list(timed(reader, (p for p, _ in pages)))
        print(f"{name:24}{_snippet_row(reads, pages)}", flush=True)


def _read_with_summary(page: GoldPage) -> ReadPage:
    """Read a page as the stage does, with its summary, because snippets may be part of it."""
    from streams.clean.article import clean_article  # noqa: PLC0415
    from streams.records.identity import article_id  # noqa: PLC0415
    from streams.records.raw import RawArticle  # noqa: PLC0415

    raw = RawArticle(
        id=article_id(body=page.html), source="bench", fetched=datetime.now(UTC),
        url=page.url, body=page.html,
    )  # fmt: skip
    outcome = clean_article(raw, max_page_bytes=MAX_PAGE_BYTES)
    record = getattr(outcome, "record", None)
    if record is None:
        return ReadPage(page.id, problem=str(getattr(outcome, "reason", "")))
    time_ = record.published.time
    date = time_.isoformat() if time_ else ""
    return ReadPage(page.id, title=record.title, text=record.text, date=date)


def _snippet_row(reads: list[ReadPage], labeled: list[tuple[GoldPage, Snippets]]) -> str:
    hits = wanted = unwanted = 0
    titles: list[bool] = []
    dates: list[bool] = []
    for read, (page, snippets) in zip(reads, labeled, strict=True):
        hits += sum(snippet in read.text for snippet in snippets.wanted)
        wanted += len(snippets.wanted)
        unwanted += sum(snippet in read.text for snippet in snippets.unwanted)
        if page.title:
            titles.append(normal_title(page.title) == normal_title(read.title))
        if page.date:
            dates.append(same_day(page.date, read.date[:10]))
    precision, recall = hits / (hits + unwanted), hits / wanted
    seconds = sum(read.seconds for read in reads)
    f1 = 2 * precision * recall / (precision + recall)
    return (
        f"{precision:7.3f}{recall:7.3f}{f1:7.3f}{sum(titles) / len(titles):7.3f}"
        f"{sum(dates) / len(dates):7.3f}{len(reads) / seconds:7.0f}"
    )


def main() -> None:
    """Compare on one or both sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with gold.jsonl and html/")
    parser.add_argument("--snippets", type=Path, help="trafilatura-eval.tar.xz")
    given = parser.parse_args()
    print_fundus(given.folder)
    if given.snippets:
        print_snippets(given.snippets)


if __name__ == "__main__":
    main()
