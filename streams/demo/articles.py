"""The articles of the demonstration: two reports, and one small article for each possible outcome.

All are invented; sites end in ``.test``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from streams.records import RawArticle, encode
from streams.sources.article import raw_article
from streams.sources.files.files import read_articles

FETCHED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Fetch time of the small articles; the reports are fetched when the demonstration runs."""

TRAM = """<!doctype html>
<html lang="en"><head>
<title>Harbour line opens with {stops} stops | Porto Novo Herald</title>
<meta property="og:site_name" content="Porto Novo Herald">
<meta property="article:published_time" content="2026-03-02T08:00:00+01:00">
<meta name="author" content="Ines Calder">
<link rel="canonical" href="https://herald.test/city/harbour-line">
</head><body><nav>Home News Sport Weather</nav><main><article>
<h1>Harbour line opens with {stops} stops</h1>
<p>The first trams left the old ferry terminal shortly after eight on Monday, two years later than
planned and with a brass band on board.</p>
<p>The line links the container port with the university and the main station at {stops} stops; the
ride takes nineteen minutes. Half of the 410 million euros came from the European Union.</p>
<h2>Buses give way</h2>
<p>Three bus routes end this week. "Nobody will wait longer than six minutes," said the head of the
transport office, who had come from Lisbon by train for the occasion.</p>
{more}
</article></main><footer>Imprint Privacy</footer></body></html>
"""

CORRECTED = "<p>Correction: an earlier version gave the number of stops as twelve.</p>"


@dataclass(frozen=True)
class DemoArticle:
    """One message of the demonstration.

    Attributes:
        label: What it is, for the table.
        key: Key of the raw record.
        value: Bytes of the record, valid or not.
    """

    label: str
    key: bytes
    value: bytes


def report_folder() -> Path:
    """Return the folder of the two reports: text files, in the two formats of the seeds."""
    return Path(str(files("streams.demo"))) / "data"


def sample_folder() -> Path:
    """Return a folder to try commands on: the seeds of a checkout, or else the reports."""
    seeds = Path(__file__).parents[2] / "seeds"
    return seeds if seeds.is_dir() else report_folder()


def _message(label: str, article: RawArticle) -> DemoArticle:
    return DemoArticle(label, article.id.encode(), encode(article))


def _page(label: str, *, stops: str, more: str = "", minutes: int = 0) -> DemoArticle:
    return _message(
        label,
        raw_article(
            source="porto-novo-herald",
            fetched=FETCHED.replace(minute=minutes),
            url="https://herald.test/city/harbour-line?utm_source=feed",
            body=TRAM.format(stops=stops, more=more).encode(),
            content_type="text/html",
        ),
    )


def _near_copy(report: RawArticle) -> DemoArticle:
    """Return the first report with a few words changed, as other sites do with wire copy."""
    body = report.body.decode()
    for old, new in (
        ("were broken off in November", "broke down in November"),
        ("for two days", "for 48 hours"),
        ("by a ship under a neutral flag", "by a neutral ship"),
    ):
        body = body.replace(old, new)
    return _message(
        "near-copy of report 1",
        raw_article(
            source="another-site",
            fetched=report.fetched,
            url="https://another-site.test/world/norway-portugal-geneva",
            published=report.published,
            title="Norway and Portugal to meet in Geneva over herring quotas",
            body=body.encode(),
        ),
    )


def demo_articles(*, now: Callable[[], datetime]) -> Iterator[DemoArticle]:
    """Yield the articles in the order of sending.

    Args:
        now: Clock: the reports have a publication time, but no fetch time.
    """
    read = read_articles(report_folder(), now=now)
    reports = [article for article in read if isinstance(article, RawArticle)]
    for number, report in enumerate(reports, start=1):
        yield _message(f"report {number}", report)
    yield _near_copy(reports[0])
    yield _page("our page", stops="twelve")
    yield _page("the same page, fetched again", stops="twelve", minutes=5)
    yield _page("the page, corrected", stops="fourteen", more=CORRECTED, minutes=30)
    yield _message(
        "headline only",
        raw_article(
            source="wire",
            fetched=FETCHED,
            external_id="w-7",
            title="NATO foreign ministers to meet in Brussels on Friday",
            body=b"",
        ),
    )
    yield _message(
        "empty article", raw_article(source="wire", fetched=FETCHED, external_id="w-8", body=b" ")
    )
    yield DemoArticle("broken record", b"broken", b'{"id": "not an article"')
