"""Compare feed parsing with feedparser and fastfeedparser: suites passed, megabytes per second.

``python -m bench.feeds`` unpacks ../shared/evals/feeds.tar.xz and prints, in one run:

- feedparser's own suite, without sanitizing and CDF (by folder): the share of passed cases, of
  those about the parts of an article (title, link, id, dates, texts, authors of an entry; title,
  link, language of the feed), and of all. The expression of a case decides what it is about, not
  which parser passes it. feedparser's remark on the XML's form (bozo) is checked for feedparser
  only.
- gofeed's expectations: numbers of entries, titles, links, ids and dates that are equal.
- Megabytes of real feeds parsed per second of CPU time, the fastest of several times each.

fastfeedparser is skipped if it is not installed (``pip install fastfeedparser``).
"""

import argparse
import calendar
import json
import re
import tarfile
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from streams.sources.feeds.parsing.dates import entry_time
from streams.sources.feeds.parsing.model import FeedError
from streams.sources.feeds.parsing.parse import parse_feed

SUITES: Final = Path(__file__).parents[2] / "shared/evals/feeds.tar.xz"
BASE: Final = "http://127.0.0.1:8097/"
"""URL at which feedparser's own tests serve its cases."""

LEFT_OUT: Final = frozenset(("sanitize", "cdf"))
REAL_BYTES: Final = 8192
"""Files of this size or more were fetched from real sites; smaller ones are invented cases."""

REPEATS: Final = 5

ARTICLE: Final = frozenset(
    ("title", "link", "id", "guid", "published", "updated", "published_parsed", "updated_parsed")
) | {"summary", "description", "content", "author"}
FEED: Final = frozenset(("title", "link", "language"))

Namespace = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Parser:
    """A parser of feeds.

    Attributes:
        name: Name in the tables.
        read: Returns the namespace for feedparser's expressions, from bytes, URL and content type.
        fast: Parses bytes, for timing.
        knows_bozo: Whether it reports broken XML.
    """

    name: str
    read: Callable[[bytes, str, str], Namespace]
    fast: Callable[[bytes], object]
    knows_bozo: bool = False


def ours(body: bytes, url: str, content_type: str) -> Namespace:
    """Read by `parse_feed`."""
    found = re.search(r"charset=[\"']?([^\s;\"']+)", content_type, re.IGNORECASE)
    feed = parse_feed(body, url=url, charset=found[1] if found else "")
    entries = []
    for entry in feed.entries:
        row: Row = {"title": entry.title, "link": entry.link, "id": entry.id}
        row |= {"summary": entry.summary or entry.content, "published": entry.published}
        row |= {"updated": entry.updated, "author": ", ".join(entry.authors)}
        row["content"] = [{"value": entry.content or entry.summary}]
        for name in ("published", "updated"):
            when = entry_time(row[name])
            row[f"{name}_parsed"] = when.utctimetuple() if when else None
        entries.append(feedparser.FeedParserDict({k: v for k, v in row.items() if v}))
    head = {"title": feed.title, "link": feed.link, "language": feed.language}
    return {"entries": entries, "feed": feedparser.FeedParserDict(head)}


def theirs(body: bytes, url: str, content_type: str) -> Namespace:
    """Read by feedparser, as its own tests do."""
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    found: Namespace = feedparser.parse(body, response_headers=headers)
    return found


def fast_parser() -> Parser | None:
    """Return fastfeedparser, if it is installed."""
    try:
        import fastfeedparser  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        return None

    def read(body: bytes, _url: str, _content_type: str) -> Namespace:
        found = fastfeedparser.parse(body)
        entries = []
        for entry in found["entries"]:
            row = dict(entry) | {"summary": entry.get("description", "")}
            for name in ("published", "updated"):
                when = entry_time(str(row.get(name) or ""))
                row[f"{name}_parsed"] = when.utctimetuple() if when else None
            entries.append(feedparser.FeedParserDict(row))
        return {"entries": entries, "feed": feedparser.FeedParserDict(found["feed"])}

    return Parser("fastfeedparser", read, fastfeedparser.parse)


def parsers() -> list[Parser]:
    """Return the parsers to compare."""
    plain = {"sanitize_html": False, "resolve_relative_uris": False}
    found = [
        Parser("ours", ours, parse_feed),
        Parser("feedparser", theirs, lambda body: feedparser.parse(body, **plain), knows_bozo=True),
        fast_parser(),
    ]
    return [parser for parser in found if parser]


@dataclass(frozen=True)
class Case:
    """A case of feedparser's suite: a feed and an expression that must hold."""

    body: bytes
    url: str
    content_type: str
    expected: str

    @property
    def asks_for_article(self) -> bool:
        """Return whether it is only about the parts of an article."""
        places = r"\b(entries\[-?\d+\]|feed)(?:\[['\"](\w+)['\"]\]|\.(\w+))"
        asked = re.findall(places, self.expected)
        named = all(
            (key or name) in (FEED if place == "feed" else ARTICLE) for place, key, name in asked
        )
        others = r"\b(version|encoding|headers|namespaces|bozo_exception)\b"
        of_content = re.findall(r"\['content'\]\[\d+\]\['(\w+)'\]", self.expected)
        return (
            bool(asked)
            and named
            and not re.search(others, self.expected)
            and (set(of_content) <= {"value"})
        )


def cases(folder: Path) -> Iterator[Case]:
    """Yield the cases of feedparser's suite."""
    for path in sorted((folder / "feedparser/tests").rglob("*.xml")):
        if LEFT_OUT & set(path.parts):
            continue
        body = path.read_bytes()
        for charset in ("utf-8", "utf-16", "utf-32", "cp1252"):
            text = body.decode(charset, "replace")
            if expected := re.search(r"Expect:\s*(.*?)\s*-->", text, re.DOTALL):
                given = re.findall(r"Header:\s*([\w-]+):[ \t]*(.*?)[ \t]*$", text, re.MULTILINE)
                headers = {name.lower(): value for name, value in given}
                url = BASE + str(path.relative_to(folder / "feedparser"))
                url = urljoin(url, headers.get("content-location", ""))
                yield Case(body, url, headers.get("content-type", ""), expected[1])
                break


def passed(parser: Parser, case: Case) -> bool:
    """Return whether a parser passes a case."""
    try:
        found = dict(parser.read(case.body, case.url, case.content_type))
    except Exception:  # noqa: BLE001  # any exception means that the case is not passed
        return False
    for bozo in [found.get("bozo")] if parser.knows_bozo else [False, True]:
        with suppress(Exception):
            if eval(case.expected, {}, found | {"bozo": bozo}):  # noqa: S307  # from the suite
                return True
    return False


def suite(folder: Path) -> None:
    """Print the shares of passed cases of feedparser's suite."""
    found = list(cases(folder))
    asking = [case for case in found if case.asks_for_article]
    print(f"feedparser's suite: {len(found)} cases, {len(asking)} of them about articles")
    for parser in parsers():
        n_passed = sum(passed(parser, case) for case in asking)
        n_all = sum(passed(parser, case) for case in found)
        share = n_passed / len(asking)
        print(f"  {parser.name:15} articles {n_passed:4} ({share:.1%}), all {n_all:4}")


def gofeed(folder: Path) -> None:
    """Print how many values are as gofeed's JSON expects."""
    asked: Counter[str] = Counter()
    equal: dict[str, Counter[str]] = {parser.name: Counter() for parser in parsers()}
    for path in sorted((folder / "gofeed/testdata").rglob("*.json")):
        source = path.with_suffix(".xml")
        if not source.exists():
            continue
        expected = [_row(item) for item in _items(json.loads(path.read_bytes() or b"{}"))]
        asked["entries"] += 1
        asked.update(name for row in expected for name in row)
        for parser in parsers():
            _compare(parser, source.read_bytes(), expected, equal[parser.name])
    print(f"gofeed's expectations: {dict(asked)}")
    for name, counts in equal.items():
        print(f"  {name:15} " + ", ".join(f"{key} {counts[key]}" for key in asked))


def _items(document: Any) -> list[Any]:
    return (document.get("items") or document.get("entries") or []) if document else []


def _row(item: Row) -> Row:
    """Return the values of an expected item."""
    guid = item.get("guid", item.get("id"))
    links = [link for link in item.get("links", []) if isinstance(link, dict)]
    alternate = [one["href"] for one in links if one.get("rel") == "alternate" and "href" in one]
    stamps = ("pubDateParsed", "publishedParsed", "updatedParsed")
    row = {
        "title": item.get("title"),
        "link": item.get("link") or (alternate[0] if alternate else None),
        "id": guid.get("value") if isinstance(guid, dict) else guid,
        "date": next((item[name] for name in stamps if item.get(name)), None),
    }
    return {name: _even(value) for name, value in row.items() if value}


def _compare(parser: Parser, body: bytes, expected: list[Row], counts: Counter[str]) -> None:
    try:
        entries = parser.read(body, "", "")["entries"]
    except Exception:  # noqa: BLE001  # any exception means that nothing was read
        entries = []
    counts["entries"] += len(entries) == len(expected)
    for entry, row in zip(entries, expected, strict=False):
        when = entry.get("published_parsed") or entry.get("updated_parsed")
        found = {name: _even(entry.get(name)) for name in ("title", "link", "id")}
        found["date"] = (
            datetime.fromtimestamp(calendar.timegm(when), UTC).isoformat() if when else ""
        )
        for name, value in row.items():
            same = (
                entry_time(value) == entry_time(found[name])
                if name == "date"
                else (value == found[name])
            )
            counts[name] += same


def _even(value: object) -> str:
    return " ".join(str(value).split()) if value else ""


def speed(folder: Path) -> None:
    """Print megabytes of real feeds per second, and the ratio to feedparser."""
    real = [
        path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".xml", ".rss", ".atom"}
        and path.stat().st_size >= REAL_BYTES
        and not LEFT_OUT & set(path.parts)
    ]
    n_bytes = sum(map(len, real))
    print(f"real feeds: {len(real)} of {n_bytes / 1e6:.1f} MB")
    rates = {}
    for parser in parsers():
        rates[parser.name] = n_bytes / 1e6 / sum(_seconds(parser.fast, body) for body in real)
    for name, rate in rates.items():
        print(f"  {name:15} {rate:7.1f} MB/s, {rate / rates['feedparser']:5.1f} times feedparser")


def _seconds(read: Callable[[bytes], object], body: bytes) -> float:
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        with suppress(FeedError, ValueError):
            read(body)
        best = min(best, time.process_time() - start)
    return best


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--suites", type=Path, default=SUITES, help="path of the archive")
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name, tarfile.open(arguments.parse_args().suites) as tar:
        tar.extractall(name, filter="data")
        for measure in (suite, gofeed, speed):
            measure(Path(name))
