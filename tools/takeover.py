"""Show that this version takes over the data folder of an older one, without loss.

``python tools/takeover.py e5699aa`` clones this repository at that commit, runs its pipeline in a
temporary folder, stops it in the middle of its work, runs the pipeline of this checkout in the
same folder, and compares. ``--kill`` ends the old pipeline by SIGKILL instead of Ctrl-C; ``--back``
runs the old version once more on what the new one has written. Both versions use the packages of
the environment this script runs in. It needs no network apart from loopback, once Kafka has been
downloaded, and takes four to six minutes on a quiet machine. Exit code 1 if a check fails.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID

import psutil
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic

from streams.broker import require_broker
from streams.kafka.read import read_topics
from streams.kafka.topics import admin
from streams.records.topics import DUPLICATES, ENRICHED, IMPORTS, RAW, UNIQUE
from streams.runtime.ports import free_port
from streams.settings import Settings

ROOT: Final = Path(__file__).parents[1]

N_ARTICLES: Final = 300
N_IMPORTED: Final = 5_000
N_ENTRIES: Final = 12
"""Articles that are replayed, lines of the file that is imported, entries of the feed."""

NOT_ARTICLES: Final = (b"not JSON 1", b"not JSON 2", b'{"id": 3}')
"""Values on the raw topic that become dead letters."""

MAX_REPEATED_BY_IMPORT: Final = 1_000
"""What an import sends again after a crash, at most (docs/how-to/import-archives.md)."""

NOUNS: Final = """
harbor council bridge teachers budget election storm river museum doctors railway wheat parliament
prices strike festival hospital tunnel engineers forest island archive printers ferry market glacier
senate choir pipeline orchard embassy lighthouse factory students reservoir miners theater satellite
vaccine airport customs quarry pension librarians Hamburg Berlin Oslo Washington Reuters NATO
"""
WORDS: Final = NOUNS.split()


@dataclass
class Site:
    """A web site on loopback: a feed with its pages, and receivers of webhooks.

    Attributes:
        requests: Time, path, status and whether the request was conditional.
        messages: Path, webhook-id and the ids of the alerts, of each message that was accepted.
        failing: Whether the receiver ``/failing`` answers with status 500.
    """

    requests: list[tuple[float, str, int, bool]] = field(default_factory=list)
    messages: list[tuple[str, str, list[str]]] = field(default_factory=list)
    failing: bool = True
    url: str = ""


@contextmanager
def serving_site() -> Iterator[Site]:
    """Serve the site until the body ends."""
    site = Site()
    started = datetime.now(UTC)
    entries = made_up_articles(N_ENTRIES, seed=7, newest=started)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            conditional = "If-None-Match" in self.headers
            status, body, content_type = 404, b"", "text/plain"
            if self.path == "/feed.xml":
                status, body, content_type = 200, _feed(site.url, entries), "application/rss+xml"
                if self.headers.get("If-None-Match") == '"one"':
                    status, body = 304, b""
            elif self.path.startswith("/page/"):
                article = entries[int(self.path.rpartition("/")[2])]
                status, body, content_type = 200, _page(article), "text/html; charset=utf-8"
            site.requests.append((time.time(), self.path, status, conditional))
            self.send_response(status)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = HTTPStatus.NO_CONTENT
            if site.failing and self.path == "/failing":
                status = HTTPStatus.INTERNAL_SERVER_ERROR
            else:
                ids = [alert["id"] for alert in body["data"]["alerts"]]
                site.messages.append((self.path, self.headers["webhook-id"], ids))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write nothing to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def made_up_articles(n: int, *, seed: int, newest: datetime) -> list[dict[str, str]]:
    """Return articles of random words that are no copies of each other, one a minute."""
    rng = random.Random(seed)  # noqa: S311  # test data
    return [
        {
            "id": f"{seed}-{number}",
            "url": f"https://news.test/{seed}/{number}",
            "title": " ".join(rng.choices(WORDS, k=6)).capitalize(),
            "text": "\n\n".join(
                " ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(5)
            ),
            "published": (newest - timedelta(minutes=n - number)).isoformat(),
        }
        for number in range(n)
    ]


def _feed(url: str, entries: Sequence[dict[str, str]]) -> bytes:
    items = "".join(
        f"<item><guid>{url}/page/{number}</guid><link>{url}/page/{number}</link>"
        f"<title>{entry['title']}</title>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(entry['published']))}</pubDate></item>"
        for number, entry in enumerate(entries)
    )
    return f'<rss version="2.0"><channel><title>A</title>{items}</channel></rss>'.encode()


def _page(article: dict[str, str]) -> bytes:
    text = "".join(f"<p>{part}</p>" for part in article["text"].split("\n\n"))
    title = article["title"]
    return f"<html><title>{title}</title><article><h1>{title}</h1>{text}</article></html>".encode()


@dataclass(frozen=True)
class Version:
    """One version of the program, on the data folder that both share.

    Attributes:
        name: ``old`` or ``new``.
        root: Its checkout.
        folder: Working directory; its ``data`` is the data folder.
        port: Of the HTTP server.
    """

    name: str
    root: Path
    folder: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        """Import this version, and take no setting from the caller's environment."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("NEWS_")}
        return inherited | {
            "PYTHONPATH": str(self.root),
            "NEWS_DATA": str(self.folder / "data"),
            "NEWS_SERVE_PORT": str(self.port),
        }

    def start(self, *words: str, log: str = "") -> subprocess.Popen[str]:
        """Start a command; its log goes to a file beside the data folder."""
        with (self.folder / f"{log or self.name}.log").open("a") as file:
            return subprocess.Popen(  # noqa: S603  # this file's own commands
                [sys.executable, "-m", "streams.cli.main", *words],
                cwd=self.folder, env=self.environment, stdout=file, stderr=file, text=True,
            )  # fmt: skip

    def run(self, *words: str, codes: Sequence[int] = (0,)) -> str:
        """Run a command and return its output.

        Raises:
            SystemExit: If its exit code is none of ``codes``.
        """
        done = subprocess.run(  # noqa: S603  # this file's own commands
            [sys.executable, "-m", "streams.cli.main", *words],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode not in codes:
            raise SystemExit(
                f"{self.name}: streams {' '.join(words)}: exit {done.returncode}\n{done.stderr}"
            )
        return done.stdout

    def json(self, *words: str, codes: Sequence[int] = (0,)) -> Any:
        """Run a command with ``--json`` and return the object it prints."""
        return json.loads(self.run(*words, "--json", codes=codes))

    def rows(self, *words: str) -> list[Any]:
        """Run a command with ``--json`` and return the objects it prints, one a line."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]

    def http(self, path: str, token: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Send a request to the HTTP server; return the status and the JSON of the response."""
        request = Request(  # http, loopback
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers
            },
        )  # fmt: skip
        try:
            with urlopen(request, timeout=30) as response:  # noqa: S310  # the same
                return response.status, json.loads(response.read() or b"null")
        except HTTPError as error:
            return error.code, None

    def stream(self, token: str, n: int, last_id: str = "") -> tuple[list[str], str]:
        """Read alerts from the event stream; return their ids and the last event id."""
        start = {"Last-Event-ID": last_id} if last_id else {}
        request = Request(  # http, loopback
            f"http://127.0.0.1:{self.port}/v1/alerts/stream"
            + ("" if last_id else "?from=beginning"),
            headers={"Authorization": f"Bearer {token}", **start},
        )
        ids: list[str] = []
        with urlopen(request, timeout=60) as response:  # noqa: S310  # the same
            for line in response:
                name, _, value = line.decode().strip().partition(": ")
                if name == "id":
                    last_id = value
                if name == "data" and '"subscription_id"' in value:
                    ids.append(json.loads(value)["id"])
                    if len(ids) == n:
                        break
        return ids, last_id

    @contextmanager
    def pipeline(self, *, kill: bool = False) -> Iterator[None]:
        """Run the pipeline until the body ends; ready when the body begins."""
        process = self.start("run", "--json")
        try:
            wait_for(f"the {self.name} pipeline", self._is_healthy, process=process)
            yield
        finally:
            stop(process, kill=kill)

    def _is_healthy(self) -> bool:
        with suppress(OSError):
            return self.http("/health", "")[0] == HTTPStatus.OK
        return False

    def settings(self) -> Settings:
        """Return settings to read the topics with."""
        data = self.folder / "data"
        return Settings(broker=require_broker(data / "kafka").bootstrap, data=data)

    def wait_until_processed(self) -> dict[str, Any]:
        """Wait until every raw record has ended somewhere; return the audit."""
        found: dict[str, Any] = {}

        def is_done() -> bool:
            found.update(self.json("audit", codes=(0, 1)))
            return not found["missing"]

        wait_for(f"the {self.name} version to process every article", is_done)
        return found


def wait_for(
    what: str,
    is_true: Callable[[], bool],
    *,
    seconds: float = 600,
    process: "subprocess.Popen[str] | None" = None,
) -> None:
    """Wait for a condition.

    Raises:
        SystemExit: If it does not become true in time, or the process ends before.
    """
    until = time.monotonic() + seconds
    while not is_true():
        if process is not None and process.poll() is not None:
            raise SystemExit(f"{what}: ended with exit code {process.returncode}")
        if time.monotonic() > until:
            raise SystemExit(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.5)


def stop(process: "subprocess.Popen[str]", *, kill: bool) -> None:
    """End a pipeline by Ctrl-C, or kill it together with Kafka and all its processes."""
    if process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL if kill else signal.SIGINT)
        for child in children if kill else ():
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait(timeout=90)
        psutil.wait_procs(children, timeout=30)


async def _read(settings: Settings, topic: str) -> list[dict[str, Any]]:
    values = [message.value async for message in read_topics(settings, topic)]
    return [json.loads(value) for value in values if value and value not in NOT_ARTICLES]


def records_of(version: Version, topic: str) -> list[dict[str, Any]]:
    """Return the records of a topic as JSON has them, without those sent as broken."""
    return asyncio.run(_read(version.settings(), topic))


async def _prepare(settings: Settings, values: Sequence[bytes]) -> None:
    """Create the topic of the channel ``bus``, and send values that are no articles."""
    async with admin(settings) as kafka:
        await kafka.create_topics([NewTopic("our.alerts", 1, 1)])
    client = AIOKafkaProducer(bootstrap_servers=settings.broker)
    await client.start()
    for value in values:
        await client.send_and_wait(RAW.name, value, key=value)
    await client.stop()


def ledger(folder: Path) -> dict[tuple[str, str], str]:
    """Return the state of each delivery, by alert and channel, as the database has it."""
    path = folder / "data/deliver/ledger.sqlite3"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = database.execute("select alert_id, channel, state from deliveries").fetchall()
    database.close()
    return {(alert, channel): state for alert, channel, state in rows}


OPEN: Final = {"waiting", "held", "sending", "failed"}
"""States of deliveries that have not ended."""


def write_files(folder: Path, site: Site) -> None:
    """Write every configuration file of the old version, and the articles."""
    now = datetime.now(UTC)
    (folder / "news-streams.toml").write_text(
        'window = 400\nledger_days = 20\nlog_format = "json"\npool_processes = 1\n'
        "dedupe_threshold = 0.5\nsession_seconds = 12\nhttp_host = '127.0.0.1'\n"
    )
    (folder / "feeds.toml").write_text(
        'contact = "mailto:a@example.org"\nallow_private_hosts = ["127.0.0.1"]\n'
        f'[[feed]]\nurl = "{site.url}/feed.xml"\nid = "site"\n'
        'min_minutes = 2\nmax_minutes = 2\ntext = "auto"\n'
    )
    (folder / "routes.toml").write_text(
        '[[route]]\nname = "harbors"\nabout = "Harbors and ferries"\n'
        "when = 'harbor* or ferry*'\n[[route.test]]\ntitle = \"Harbor reopens\"\n"
        '[[route.test]]\ntitle = "Rain"\nwanted = false\n'
        '[[route]]\nname = "council"\n'
        'when = "entity:local:harbor-council or council near/8 budget"\n'
    )
    (folder / "entities.toml").write_text(
        '[[entity]]\nid = "local:harbor-council"\nname = "Harbor Council"\ntype = "org"\n'
        'aliases = ["Council Harbor"]\nnote = "a council"\n'
    )
    (folder / "channels.toml").write_text(
        'allow_private_hosts = ["127.0.0.1"]\n'
        f'[desk]\nwebhook = "{site.url}/desk"\ntokens = ["desk"]\n'
        'secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"\n'
        '[bus]\ntopic = "our.alerts"\n'
    )
    for name, n, seed in (("articles", N_ARTICLES, 1), ("archive", N_IMPORTED, 2)):
        articles = made_up_articles(n, seed=seed, newest=now)
        lines = [json.dumps(article) + "\n" for article in articles]
        (folder / f"{name}.jsonl").write_text("".join(lines))


def save_searches(old: Version, site: Site, desk: str) -> None:
    """Save searches whose deliveries are sent, collected, held, refused, paused."""
    until = datetime.now(UTC) + timedelta(minutes=4)
    quiet = f"00:00-{until:%H:%M}@UTC" if until.hour else f"20:00-{until:%H:%M}@UTC"
    for name, *options in (
        ("sent", "--max-per-hour", "0"),
        ("digest", "--digest", "3m"),
        ("quiet", "--quiet", quiet),
        ("failing", "--max-per-hour", "0", "--title", "{{ count }} of {{ search.name }}"),
    ):
        channel = ("--channel", f"{site.url}/{name}")
        old.run("alerts", "add", "bridge*", "--id", name, "--name", name, *channel, *options)
    old.run("alerts", "add", "museum*", "--id", "bus", "--channel", "bus")
    search = {"query": "ferry*", "name": "Ferries", "channels": ["desk"], "max_per_hour": 0}
    old.http("/v1/searches", desk, search)
    old.http("/v1/searches", desk, {"query": "storm*", "name": "Paused"})
    old.http("/v1/searches/paused/pause", desk, {})


@dataclass
class Before:
    """What the old version left.

    Attributes:
        wire: Token that may push.
        desk: Token that may save searches and receive alerts.
        why: Article id to the output of ``streams why``.
        searches: Saved searches.
        secrets: Output of ``streams alerts secret``.
        group: Ids of the articles that a consumer group has received.
        events: Ids of the alerts that a client of the event stream has received.
        event_id: Its position.
        audit: Audit before the import began.
        n_imported: Lines of the archive that had been sent when the import was killed.
        ledger: State of each delivery.
        n_messages: Messages that the receivers had accepted.
        feed: State of the feed.
        letters: Ids of dead letters.
    """

    wire: str = ""
    desk: str = ""
    why: dict[str, Any] = field(default_factory=dict)
    searches: list[Any] = field(default_factory=list)
    secrets: str = ""
    group: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    event_id: str = ""
    audit: dict[str, Any] = field(default_factory=dict)
    n_imported: int = 0
    ledger: dict[tuple[str, str], str] = field(default_factory=dict)
    n_messages: int = 0
    feed: dict[str, Any] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)


GROUP: Final = ("subscribe", "harbors", "--group", "my-program", "--from", "beginning", "-n", "20")


def run_old(old: Version, site: Site, *, kill: bool) -> Before:
    """Let the old version do some of everything, and stop it in the middle."""
    before = Before()
    before.wire = old.run("tokens", "add", "wire", "--scope", "push").split()[-1]
    before.desk = old.run("tokens", "add", "desk", "--scope", "alerts").split()[-1]
    with old.pipeline(kill=kill):
        asyncio.run(_prepare(old.settings(), NOT_ARTICLES))
        save_searches(old, site, before.desk)
        old.run("replay", str(old.root / "seeds"))
        old.run("replay", "articles.jsonl")
        old.http("/v1/articles", before.wire, {"id": "p1", "title": "A bridge", "text": "Open."})

        def feed_is_read() -> bool:
            return bool(old.rows("feeds", "status")[0]["articles"] == N_ENTRIES)

        wait_for("the poll of the feed", feed_is_read)
        before.audit = old.wait_until_processed()
        wait_for("deliveries", lambda: _settled(old.folder))
        for article in _sample(old):
            before.why[article] = old.json("why", article)
        before.searches = old.rows("alerts", "list")
        before.secrets = old.run("alerts", "secret", "sent")
        before.group = [row["id"] for row in old.rows(*GROUP)]
        before.events, before.event_id = old.stream(before.desk, 10)
        before.letters = [row["id"] for row in old.rows("dead-letters", "list")]
        before.feed = old.rows("feeds", "status")[0]
        n_before = len(records_of(old, RAW.name))
        importing = old.start("sources", "import", "archive.jsonl", log="import")
        wait_for("a position of the import", lambda: bool(records_of(old, IMPORTS.name)))
        importing.kill()
        importing.wait()
        before.n_imported = len(records_of(old, RAW.name)) - n_before
    before.ledger = ledger(old.folder)
    before.n_messages = len(site.messages)
    return before


def _settled(folder: Path) -> bool:
    """Tell whether one search's alerts were all sent, and others' wait."""
    states: dict[str, set[str]] = {}
    for (alert, _), state in ledger(folder).items():
        states.setdefault(alert.partition("/")[0], set()).add(state)
    return states.get("sent") == {"sent"} and "failed" in states.get("failing", ())


def _sample(version: Version) -> list[str]:
    return [record["id"] for record in records_of(version, UNIQUE.name)][::40]


class Report:
    """Collects checks and prints each."""

    def __init__(self) -> None:
        self.n_failed = 0

    def check(self, what: str, *, ok: bool, figures: object = "") -> None:
        """Print the result of a check."""
        self.n_failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'}  {what:42} {figures}", flush=True)


def run_new(new: Version, site: Site, before: Before, report: Report, *, kill: bool) -> None:
    """Run this version on the same folder, and compare."""
    held = [key for key, state in before.ledger.items() if state in OPEN]
    print(f"      old stopped: {dict(Counter(before.ledger.values()))} deliveries, "
          f"{before.audit['origins']} articles processed, "
          f"import killed after {before.n_imported} lines")  # fmt: skip
    report.check("configuration files", ok=True, figures=new.run("routes", "test").strip())
    site.failing = False
    started = time.time()
    with new.pipeline():
        _check_articles(new, before, report)
        _check_surfaces(new, before, report)
        _check_deliveries(new, site, before, report, held=held, kill=kill)
        _check_feed(new, site, before, report, started=started)


def _check_articles(new: Version, before: Before, report: Report) -> None:
    again = new.json("sources", "import", "archive.jsonl")
    audit = new.wait_until_processed()
    ids = Counter(r["external_id"] for r in records_of(new, RAW.name) if "external_id" in r)
    archive = {key: n for key, n in ids.items() if key.startswith("2-")}
    repeated = sum(archive.values()) - len(archive)
    report.check(
        "import continues at its position",
        ok=len(archive) == N_IMPORTED and repeated <= MAX_REPEATED_BY_IMPORT,
        figures=f"{len(archive)} of {N_IMPORTED} lines, {repeated} sent twice; "
        f"{again['sent']} by this version",
    )
    report.check(
        "streams audit: nothing missing",
        ok=not audit["missing"] and not audit["twice"],
        figures=f"{audit['origins']} in, repeats {audit['repeats']} "
        f"(before: {before.audit['repeats']}), ends {audit['ends']}",
    )
    # A group that started from the beginning would repeat all that the old version did.
    n_repeats = audit["repeats"] - before.audit["repeats"]
    report.check(
        "consumer groups continue",
        ok=n_repeats < before.audit["origins"],
        figures=f"{n_repeats} records redelivered",
    )
    n_unique = len(records_of(new, UNIQUE.name))
    n_duplicates = len(records_of(new, DUPLICATES.name))
    new.run("replay", str(new.root / "seeds"))
    new.run("replay", "articles.jsonl")
    new.wait_until_processed()
    duplicates = records_of(new, DUPLICATES.name)
    kinds = Counter(record["change"] for record in duplicates)
    n_again = len(duplicates) - n_duplicates
    n_new = len(records_of(new, UNIQUE.name)) - n_unique
    report.check(
        "dedupe knows the old articles",
        ok=n_new == 0 and n_again >= N_ARTICLES,
        figures=f"replayed: {n_again} duplicates, {n_new} unique; all kinds {dict(kinds)}",
    )


def _check_surfaces(new: Version, before: Before, report: Report) -> None:
    searches = new.rows("alerts", "list")
    kept = [
        {name: row.get(name) for name in old}
        for row, old in zip(searches, before.searches, strict=True)
    ]
    report.check("saved searches", ok=kept == before.searches, figures=len(searches))
    report.check(
        "webhook secrets", ok=new.run("alerts", "secret", "sent") == before.secrets, figures=""
    )
    article = {"id": "p2", "title": "Another bridge", "text": "It opened."}
    statuses = (
        new.http("/v1/articles", before.wire, article)[0],
        new.http("/v1/articles", before.desk, article)[0],
        new.http("/v1/searches", before.wire)[0],
        new.http("/v1/searches", before.desk)[0],
    )
    report.check("tokens and their scopes", ok=statuses == (202, 403, 403, 200), figures=statuses)
    events, _ = new.stream(before.desk, 10, before.event_id)
    report.check(
        "event stream continues at Last-Event-ID",
        ok=not set(events) & set(before.events),
        figures=f"{len(before.events)} + {len(events)} alerts, none twice",
    )
    group = [row["id"] for row in new.rows(*GROUP)]
    report.check(
        "subscriber group continues",
        ok=not set(group) & set(before.group),
        figures=f"{len(before.group)} + {len(group)} articles, none twice",
    )
    n_same = sum(
        _steps(new.json("why", article))[: len(_steps(old))] == _steps(old)
        for article, old in before.why.items()
    )
    report.check("streams why", ok=n_same == len(before.why), figures=f"{n_same} same")
    letters = [row["id"] for row in new.rows("dead-letters", "list")]
    good = {"id": str(UUID(int=1, version=5)), "source": "x", "title": "Redriven"}
    good["fetched"] = datetime.now(UTC).isoformat()
    (new.folder / "good.json").write_text(json.dumps(good))
    new.run("dead-letters", "redrive", before.letters[0], "--value", "good.json")
    # On the raw topic it is a new record with an origin of its own.
    wait_for(
        "the redriven record",
        lambda: good["id"] in (record["id"] for record in records_of(new, ENRICHED.name)),
    )
    report.check(
        "dead letters: list, redrive",
        ok=set(before.letters) <= set(letters),
        figures=f"{len(letters)} listed, 1 redriven and enriched",
    )


def _steps(why: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what ``streams why`` has from the records, without its own sentences."""
    return [
        (version["origin"], step["topic"], step["partition"], step["offset"], step["receipts"])
        for version in why["versions"]
        for step in version["steps"]
    ]


def _check_deliveries(
    new: Version,
    site: Site,
    before: Before,
    report: Report,
    *,
    held: Sequence[tuple[str, str]],
    kill: bool,
) -> None:
    def are_ended() -> bool:
        now = ledger(new.folder)
        return all(now[key] not in OPEN for key in held)

    wait_for("held deliveries", are_ended)
    after = ledger(new.folder)
    report.check(
        "open deliveries are sent",
        ok=all(after[key] == "sent" for key in held),
        figures=f"{len(held)} open: {dict(Counter(after[key] for key in held))}",
    )
    messages = list(site.messages)  # more arrive meanwhile
    distinct = _distinct(messages)
    received = Counter((path, alert) for path, _, alerts in distinct for alert in alerts)
    twice = [key for key, n in received.items() if n > 1]
    n_repeated = len(messages) - len(distinct)
    report.check(
        "no alert is in two messages",
        ok=not twice and (kill or n_repeated == 0),
        figures=f"{len(received)} alerts in {len(messages)} messages "
        f"({before.n_messages} by old), {n_repeated} repeated with the same webhook-id",
    )
    kept = set(before.ledger) <= set(after)
    listed = len(new.rows("alerts", "deliveries", "-n", "10000"))
    report.check(
        "ledger: every row is kept",
        ok=kept and listed >= len(before.ledger),
        figures=f"{len(before.ledger)} rows before, {listed} listed",
    )


def _distinct(messages: Sequence[tuple[str, str, list[str]]]) -> list[tuple[str, str, list[str]]]:
    """Leave out messages with a webhook-id that came before."""
    return list({(path, name): (path, name, ids) for path, name, ids in messages}.values())


def _check_feed(
    new: Version, site: Site, before: Before, report: Report, *, started: float
) -> None:
    def is_polled() -> bool:
        return any(when > started and path == "/feed.xml" for when, path, *_ in site.requests)

    wait_for("a poll by the new version", is_polled)
    asked = [request for request in site.requests if request[0] > started]
    first = next(request for request in asked if request[1] == "/feed.xml")
    due = datetime.fromisoformat(before.feed["next_poll"]).timestamp()
    n_pages = sum(path.startswith("/page/") for _, path, *_ in asked)
    report.check(
        "feed: conditional, when due, no refetch",
        ok=first[2] == HTTPStatus.NOT_MODIFIED and first[0] >= due and n_pages == 0,
        figures=f"{len(asked)} requests, {n_pages} pages; first {first[0] - due:+.0f} s after "
        f"it was due, status {first[2]}; {new.rows('feeds', 'status')[0]['health']}",
    )


def run_back(old: Version, before: Before, report: Report) -> None:
    """Run the old version again, on what the new one has written."""
    with old.pipeline():
        articles = made_up_articles(5, seed=3, newest=datetime.now(UTC))
        lines = "".join(json.dumps(article) + "\n" for article in articles)
        (old.folder / "later.jsonl").write_text(lines)
        old.run("replay", "later.jsonl")
        old.run("replay", "articles.jsonl")
        audit = old.wait_until_processed()
        n_listed = len(old.rows("alerts", "deliveries", "-n", "10000"))
        old.json("why", next(iter(before.why)))
        report.check(
            "the way back: old reads what new wrote",
            ok=not audit["missing"] and not audit["twice"],
            figures=f"{audit['origins']} in, ends {audit['ends']}; {n_listed} deliveries; "
            f"tokens {old.http('/v1/searches', before.desk)[0]}",
        )


def check_out(commit: str, folder: Path) -> Path:
    """Clone this repository at a commit."""
    target = folder / "old"
    for words in (
        ("clone", "--quiet", "--no-checkout", str(ROOT), str(target)),
        ("-C", str(target), "checkout", "--quiet", commit),
    ):
        subprocess.run(("git", *words), check=True)  # noqa: S603, S607  # this file's own
    return target


def main() -> None:
    """Run both versions one after the other, and print the checks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="version that wrote the data folder")
    parser.add_argument("--kill", action="store_true", help="end it by SIGKILL")
    parser.add_argument("--back", action="store_true", help="run it once more at the end")
    parser.add_argument("--keep", type=Path, help="use this folder, and keep it")
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="takeover-") as temporary, serving_site() as site:
        folder = options.keep or Path(temporary)
        (work := folder / "work").mkdir(parents=True)
        port = free_port()
        old = Version("old", check_out(options.commit, folder), work, port)
        new = Version("new", ROOT, work, port)
        write_files(work, site)
        before = run_old(old, site, kill=options.kill)
        run_new(new, site, before, report, kill=options.kill)
        if options.back:
            run_back(old, before, report)
    raise SystemExit(1 if report.n_failed else 0)


if __name__ == "__main__":
    main()
