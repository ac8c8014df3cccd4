import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from streams.cli import feeds
from streams.config.feeds import FeedEntry, Login
from streams.config.feeds_file import add_feeds, feeds_to_poll, load_feeds
from streams.errors import UsageError
from streams.settings import Settings
from tests.support.commands import run_command
from tests.support.web import Request, Web, http, web

RSS = b"<rss><channel><item><title>Rain</title></item></channel></rss>"
PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
HEAD = 'contact = ""\nallow_private_hosts = ["127.0.0.1"]\n'
NOWHERE = Settings(broker="127.0.0.1:9")


def written(path: Path, text: str) -> Path:
    """A file with a text."""
    path.write_text(text)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file without feeds that allows loopback."""
    path = tmp_path / "feeds.toml"
    path.write_text(HEAD)
    return path


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A site whose page names its feed."""
    async with web() as place:
        place.replies |= {"/": http(PAGE), "/rss": http(RSS)}
        yield place


@pytest.mark.parametrize("path", ["/", "/rss"])
async def test_add_finds_feed_of_page(site: Web, file: Path, path: str) -> None:
    result = await run_command(feeds.app, "add", site.base + path, "--feeds", file, live=NOWHERE)

    assert result.exit_code == 0, result.output
    assert [feed.url for feed in load_feeds(file).feed] == [site.base + "/rss"]


def feed_of(*links: str, title: str = "") -> bytes:
    """Return the response of a feed with an entry for each link."""
    items = "".join(f"<item><title>A</title><link>{link}</link></item>" for link in links)
    return http(f"<rss><channel><title>{title}</title>{items}</channel></rss>".encode())


def announce(*urls: str, head: str = "") -> bytes:
    """Return the response of a page that announces feeds."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{u}">' for u in urls)
    return http(f"<html><head>{head}{links}</head></html>".encode())


async def test_add_lists_several_feeds_of_page(site: Web, file: Path) -> None:
    site.replies["/"] = announce("/sport", "/world")
    site.replies |= {"/sport": feed_of("/s/1", title="Sport"), "/world": feed_of("/w/1")}

    result = await run_command(feeds.app, "add", site.base + "/", "--feeds", file, live=NOWHERE)

    assert isinstance(result.exception, UsageError)
    assert "links to 2 feeds" in str(result.exception)
    assert load_feeds(file).feed == ()


@pytest.mark.parametrize("name", ["home", "post"])
@pytest.mark.parametrize("comments", [(), ("/p/1#comment-7", "/p/2#comment-8")])
async def test_add_leaves_out_feeds_of_comments(
    shared: Path, site: Web, file: Path, name: str, comments: tuple[str, ...]
) -> None:
    page = shared / "cases/sources/24-discovery-wordpress" / f"{name}.html"
    site.replies |= {
        "/": http(page.read_bytes()),
        "/feed/": feed_of("/p/1", "/p/2", title="Vik Post"),
        "/comments/feed/": feed_of(*comments, title="Kommentare"),
        "/2026/11/tram-4/feed/": feed_of(*comments, title="Kommentare"),
    }

    result = await run_command(feeds.app, "add", site.base + "/", "--feeds", file, live=NOWHERE)

    assert [feed.url for feed in load_feeds(file).feed] == [site.base + "/feed/"], result.output
    assert "/feed/: Vik Post, rss, 2 entries" in result.stdout


@pytest.mark.parametrize(
    ("urls", "replies", "added"),
    [
        (("/dead", "/rss"), {}, "/rss"),
        (("/page", "/rss"), {"/page": http(b"<html></html>")}, "/rss"),
        (("/rss", "/atom"), {"/rss": feed_of("/1", "/2"), "/atom": feed_of("/2", "/1")}, "/rss"),
        (("/comments/feed",), {"/comments/feed": feed_of("/1#comment-1")}, "/comments/feed"),
        (
            ("/feeds/7/comments/default", "/feeds/posts"),
            {"/feeds/7/comments/default": feed_of("/1"), "/feeds/posts": feed_of("/2")},
            "/feeds/posts",
        ),
        (
            ("/replies", "/posts"),
            {"/replies": feed_of("/1?showComment=5#c5"), "/posts": feed_of("/2")},
            "/posts",
        ),
    ],
)
async def test_add_looks_at_feeds_of_page(
    site: Web, file: Path, urls: tuple[str, ...], replies: dict[str, bytes], added: str
) -> None:
    site.replies |= {"/": announce(*urls)} | replies

    result = await run_command(feeds.app, "add", site.base + "/", "--feeds", file, live=NOWHERE)

    assert [feed.url for feed in load_feeds(file).feed] == [site.base + added], result.exception


async def test_add_reads_link_header(site: Web, file: Path) -> None:
    link = '</style.css>; rel=preload, </rss>; rel="alternate"; type="application/rss+xml"'
    site.replies["/"] = http(b"<html></html>", link=link)

    await run_command(feeds.app, "add", site.base + "/", "--feeds", file, live=NOWHERE)

    assert [feed.url for feed in load_feeds(file).feed] == [site.base + "/rss"]


async def test_add_refuses_dead_feed_of_page(site: Web, file: Path) -> None:
    site.replies["/"] = announce("/dead")

    result = await run_command(feeds.app, "add", site.base + "/", "--feeds", file, live=NOWHERE)

    assert "/dead  HTTP 404 Not Found" in str(result.exception)
    assert load_feeds(file).feed == ()


@pytest.mark.parametrize("path", ["/nothing", "/plain"])
async def test_add_refuses_page_without_feed(site: Web, file: Path, path: str) -> None:
    site.replies["/plain"] = http(b"<html>Hello</html>")

    result = await run_command(feeds.app, "add", site.base + path, "--feeds", file, live=NOWHERE)

    assert isinstance(result.exception, UsageError)


async def test_add_does_not_fetch_private_address(site: Web, tmp_path: Path) -> None:
    new = tmp_path / "new.toml"

    result = await run_command(feeds.app, "add", site.base + "/rss", "--feeds", new, live=NOWHERE)

    assert "not a public address" in str(result.exception)
    assert 'allow_private_hosts = ["127.0.0.1"]' in str(result.exception)
    assert site.requests == []
    assert not new.exists()


async def test_add_reports_unreachable_host(file: Path) -> None:
    url = "http://127.0.0.1:9/"

    result = await run_command(feeds.app, "add", url, "--feeds", file, live=NOWHERE)

    assert str(result.exception) == f"{url}: no connection: connection refused"


async def test_import_reports_missing_file_in_one_sentence(file: Path) -> None:
    result = await run_command(feeds.app, "import", "no.opml", "--feeds", file, live=NOWHERE)

    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == "no.opml: no such file"


async def test_exported_opml_can_be_imported(file: Path, tmp_path: Path) -> None:
    for url in ("https://a.test/rss?x=1&y=2", "https://b.test/"):
        words = ("add", url, "--unseen", "--feeds", file)
        assert (await run_command(feeds.app, *words, live=NOWHERE)).exit_code == 0
    exported = await run_command(feeds.app, "export", "--feeds", file, live=NOWHERE)
    list_ = written(tmp_path / "list.opml", exported.stdout)
    other = tmp_path / "other.toml"

    result = await run_command(feeds.app, "import", list_, "--feeds", other, live=NOWHERE)

    assert "added 2, now 2 feeds" in result.stdout
    assert [feed.url for feed in load_feeds(other).feed] == [
        feed.url for feed in load_feeds(file).feed
    ]
    assert load_feeds(list_).feed == load_feeds(other).feed


async def test_import_names_what_it_leaves_out(file: Path, tmp_path: Path) -> None:
    urls = ("https://a.test/rss", "https://b.test/rss", "mailto:a@b.test")
    lines = "".join(f'<outline xmlUrl="{url}"/>' for url in urls)
    list_ = written(tmp_path / "list.opml", f"<opml><body>{lines}</body></opml>")
    add_feeds(file, ["https://a.test/rss"])

    result = await run_command(feeds.app, "import", list_, "--feeds", file, live=NOWHERE)

    assert result.stdout.splitlines()[0].endswith("added 1, now 2 feeds")
    assert result.stdout.splitlines()[1:] == [
        "1 feed already in the file",
        "left out: mailto:a@b.test: neither http nor https",
    ]


async def test_list_shows_each_feed(file: Path) -> None:
    add_feeds(file, ["https://a.test/rss"])

    result = await run_command(feeds.app, "list", "--json", "--feeds", file, live=NOWHERE)

    assert orjson.loads(result.stdout)["id"] == "a.test-rss"


async def test_check_reports_urls_without_feed(site: Web, file: Path) -> None:
    add_feeds(file, [site.base + path for path in ("/rss", "/", "/nothing")])

    result = await run_command(feeds.app, "check", "--json", "--feeds", file, live=NOWHERE)

    rows = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [row["error"] for row in rows] == [
        "",
        "not a feed: a web page, not a feed",
        "HTTP 404 Not Found",
    ]


def test_missing_file_suggests_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="streams feeds add"):
        load_feeds(tmp_path / "feeds.toml")


def test_feeds_to_poll_without_file_is_none(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    none_in_it = feeds_to_poll(None)
    add_feeds(file, ["https://a.test/rss"])
    found = feeds_to_poll(None)
    file.unlink()

    assert (none_in_it, found, feeds_to_poll(None)) == (None, file, None)
    with pytest.raises(UsageError, match="streams feeds add"):
        feeds_to_poll(file)


async def test_add_takes_several_urls_and_options(file: Path) -> None:
    urls = ("https://a.test/rss", "https://b.test/rss")
    options = ("--unseen", "--text", "feed", "--min-minutes", 15, "--paused", "--feeds", file)

    result = await run_command(feeds.app, "add", *urls, *options, live=NOWHERE)

    added = load_feeds(file).feed
    assert "added 2, now 2 feeds" in result.stdout
    assert [(feed.text.value, feed.min_minutes, feed.paused) for feed in added] == [
        ("feed", 15, True)
    ] * 2


async def test_add_adds_feeds_and_reports_the_rest(site: Web, file: Path) -> None:
    urls = (site.base + "/rss", site.base + "/nothing")

    result = await run_command(feeds.app, "add", *urls, "--feeds", file, live=NOWHERE)

    assert "added 1, now 1 feed" in result.stdout
    assert str(result.exception) == f"{urls[1]}: HTTP 404 Not Found"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("https://a.test/", "https://b.test/", "--id", "a"), "--id a: give one URL with it"),
        (("https://a.test/", "--id", "A!"), "--id A!: give small letters"),
    ],
)
async def test_add_refuses_unusable_id(file: Path, words: tuple[str, ...], message: str) -> None:
    result = await run_command(feeds.app, "add", *words, "--unseen", "--feeds", file, live=NOWHERE)

    assert message in str(result.exception)


async def test_list_shows_paused_feeds(file: Path) -> None:
    add_feeds(file, ["https://a.test/rss", "https://b.test/rss"])
    words = ("--feeds", file)

    paused = await run_command(feeds.app, "pause", "a.test-rss", *words, live=NOWHERE)
    shown = await run_command(feeds.app, "list", *words, live=NOWHERE)
    resumed = await run_command(feeds.app, "resume", "a.test-rss", *words, live=NOWHERE)
    again = await run_command(feeds.app, "resume", "a.test-rss", *words, live=NOWHERE)

    assert paused.stdout == "paused a.test-rss\n"
    assert shown.stdout.splitlines() == [
        "a.test-rss  https://a.test/rss  paused",
        "b.test-rss  https://b.test/rss",
    ]
    assert (resumed.stdout, again.stdout) == (
        "resumed a.test-rss\n",
        "a.test-rss: not paused\n",
    )


async def test_remove_and_edit_change_the_file(file: Path) -> None:
    add_feeds(file, ["https://a.test/rss", "https://b.test/rss"])
    words = ("--feeds", file)

    removed = await run_command(feeds.app, "remove", "https://a.test/rss", *words, live=NOWHERE)
    edited = await run_command(
        feeds.app, "edit", "b.test-rss", "--url", "https://b.test/", *words, live=NOWHERE
    )

    assert (removed.stdout, edited.stdout) == ("removed a.test-rss\n", "changed b.test-rss\n")
    assert [(feed.name, feed.url) for feed in load_feeds(file).feed] == [
        ("b.test-rss", "https://b.test/")
    ]


@pytest.mark.parametrize("verb", ["remove", "pause", "resume", "edit", "poll"])
async def test_unknown_feed_is_suggested(file: Path, verb: str) -> None:
    add_feeds(file, ["https://a.test/rss"])
    options = ("--text", "page") if verb == "edit" else ()

    result = await run_command(
        feeds.app, verb, "a.test-rs", *options, "--feeds", file, live=NOWHERE
    )

    assert 'did you mean "a.test-rss"?' in str(result.exception)


async def test_edit_without_options_says_what_to_give(file: Path) -> None:
    result = await run_command(feeds.app, "edit", "x", "--feeds", file, live=NOWHERE)

    assert "nothing to change" in str(result.exception)


async def test_poll_shows_entries_without_kafka(site: Web, file: Path) -> None:
    add_feeds(file, [site.base + "/rss"])

    result = await run_command(
        feeds.app, "poll", site.base + "/rss", "--json", "--feeds", file, live=NOWHERE
    )

    row = orjson.loads(result.stdout)
    assert result.exit_code == 0
    assert (row["format"], row["new"]) == ("rss", None)
    assert [(entry["title"], entry["new"]) for entry in row["entries"]] == [("Rain", None)]


async def test_poll_reports_url_without_feed(site: Web, file: Path) -> None:
    add_feeds(file, [site.base + "/"])

    result = await run_command(feeds.app, "poll", site.base + "/", "--feeds", file, live=NOWHERE)

    assert result.exit_code == 1
    assert result.stdout.endswith("not a feed: a web page, not a feed\n")


LOGIN = ("--login", "basic", "--login-user", "desk", "--secret", "env:PAID_PASSWORD")


def text_of(path: Path) -> str:
    """Return the text of a file."""
    return path.read_text()


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """The secret in the environment."""
    monkeypatch.setenv("PAID_PASSWORD", "t0p-secret")
    return "t0p-secret"


async def test_feed_with_login_is_added_checked_and_edited(
    site: Web, file: Path, secret: str
) -> None:
    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        has_login = request.headers.get("authorization") == "Basic ZGVzazp0MHAtc2VjcmV0"
        writer.write(http(RSS) if has_login else http(status="401 Unauthorized"))
        await writer.drain()

    site.replies["/rss"] = reply
    url = site.base + "/rss"
    without = await run_command(feeds.app, "add", url, "--feeds", file, live=NOWHERE)
    added = await run_command(feeds.app, "add", url, *LOGIN, "--feeds", file, live=NOWHERE)
    checked = await run_command(feeds.app, "check", "--feeds", file, live=NOWHERE)
    polled = await run_command(feeds.app, "poll", url, "--feeds", file, live=NOWHERE)
    cookie = ("--login", "cookie", "--secret", "file:/run/secrets/paid")
    edited = await run_command(feeds.app, "edit", url, *cookie, "--feeds", file, live=NOWHERE)
    with_cookie = load_feeds(file).feed[0]
    await run_command(feeds.app, "edit", url, "--no-login", "--feeds", file, live=NOWHERE)

    assert "streams feeds edit --login" in str(without.exception)
    codes = [each.exit_code for each in (added, checked, polled, edited)]
    assert codes == [0, 0, 0, 0], (added.output, checked.output, polled.output, edited.output)
    assert (with_cookie.login, with_cookie.login_user) == (Login.COOKIE, None)
    assert load_feeds(file).feed[0] == FeedEntry(url=url)
    assert secret not in text_of(file) + added.output + checked.output + polled.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("https://ann:t0p-secret@a.test/rss",), "instead of a user name in the URL"),
        (("https://a.test/rss", "--login", "basic"), "also needs login_user and secret"),
        (("https://a.test/rss", *LOGIN[:4], "--secret", "t0p-secret"), "--secret: give env:NAME"),
        (("https://a.test/rss", "--secret", "env:A"), "a feed without login has no secret"),
        (("ann:t0p-secret@a.test/rss",), "…@a.test/rss: give an address that begins with http://"),
    ],
)
async def test_add_refuses_secret_in_the_wrong_place(
    file: Path, words: tuple[str, ...], message: str
) -> None:
    result = await run_command(feeds.app, "add", *words, "--unseen", "--feeds", file, live=NOWHERE)

    assert message in str(result.exception)
    assert "t0p-secret" not in str(result.exception) + text_of(file)


@pytest.mark.parametrize("url", ["a.test/rss", "127.0.0.1:8100/rss", "ftp://a.test/rss", ""])
async def test_add_names_remedy_for_url_without_scheme(file: Path, url: str) -> None:
    result = await run_command(feeds.app, "add", url, "--feeds", file, live=NOWHERE)

    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == f"{url}: give an address that begins with http:// or https://"


async def test_add_refuses_login_for_feed_elsewhere(site: Web, file: Path, secret: str) -> None:
    async with web() as other:
        other.replies["/rss"] = http(RSS)
        site.replies["/"] = announce(other.base + "/rss")
        words = ("add", site.base + "/", *LOGIN, "--feeds", file)

        result = await run_command(feeds.app, *words, live=NOWHERE)

    assert f"the feed is {other.base}/rss; give this URL" in str(result.exception)
    assert all("authorization" not in request.headers for request in other.requests)
    assert secret not in str(result.exception)
