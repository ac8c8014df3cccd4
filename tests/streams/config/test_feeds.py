from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from streams.config.feeds import (
    FeedEntry,
    FeedFile,
    TextFrom,
    append_feeds,
    feed_name,
    parse_feeds,
)
from streams.errors import UsageError
from streams.fetch.address import is_allowed

FILE = """# mine
contact = "https://desk.test/"
allow_private_hosts = ["intranet.test"]

[[feed]]
url = "https://news.test/rss"
id = "news"
min_minutes = 2
max_minutes = 60
text = "page"

[[feed]]
url = "https://courier.test/feed.json"
"""


def test_parse_feeds_reads_every_field() -> None:
    file = parse_feeds(FILE, file="feeds.toml")

    news, courier = file.feed
    assert (file.contact, file.allow_private_hosts) == ("https://desk.test/", ("intranet.test",))
    assert (news.name, news.text) == ("news", TextFrom.PAGE)
    assert (news.bounds.least, news.bounds.most) == (timedelta(minutes=2), timedelta(hours=1))
    assert (courier.name, courier.text) == ("courier.test-feed.json", TextFrom.AUTO)


UNUSABLE = [
    ("[[feed]", "^feeds.toml:1: not valid TOML"),
    ("[[feed]]", "^feeds.toml:1: url: missing; give an address that begins with http"),
    ('\n[[feed]]\nurl = "news"', "^feeds.toml:3: url: give an address"),
    ('[[feed]]\nurl = "file:///etc/passwd"', "^feeds.toml:2: url: give an address"),
    (f"{FILE}\nmin_minutes = 0", "^feeds.toml:15: min_minutes: give a number from 1"),
    ('[[feed]]\nurl = "https://a.test/"\ntext = "all"', ":3: text: give one of auto, feed, page"),
    ('[[feed]]\nurl = "https://a.test/"\nintervall = 3', ":3: intervall: unknown; known here: url"),
    ('[[feed]]\nurl = "https://a.test/"\nid = "A B"', ":3: id: give small letters"),
    ('cntact = "x"', '^feeds.toml:1: cntact: unknown; .*; did you mean "contact"'),
    ("contact = 3", "^feeds.toml:1: contact: give a text"),
    ('# mine\nallow_private_hosts = "a.test"', ":2: allow_private_hosts: give a list of hosts"),
    ('[feed]\nurl = "https://a.test/"', r":1: feed: write \[\[feed\]\] above"),
    ('[[feed]]\nurl = "https://a.test/"\n' * 2, ":4: url: two feeds are called 'a.test'"),
]


@pytest.mark.parametrize(("text", "why"), UNUSABLE)
def test_parse_feeds_error_names_line_and_field(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_feeds(text, file="feeds.toml")


@given(st.lists(urls().filter(lambda url: url.startswith("http")), max_size=6))
def test_append_feeds_is_idempotent(urls_: list[str]) -> None:
    text, n_added = append_feeds("", urls_)

    assert [feed.url for feed in parse_feeds(text, file="x").feed] == list(dict.fromkeys(urls_))
    assert n_added == len(set(urls_))
    assert append_feeds(text, urls_) == (text, 0)


def test_append_feeds_keeps_existing_text() -> None:
    text, n_added = append_feeds(FILE, ["https://news.test/rss", "https://new.test/"])

    assert text.startswith(FILE)
    assert n_added == 1


@given(urls())
def test_feed_name_is_valid_id(url: str) -> None:
    text = f'[[feed]]\nurl = "https://a.test/"\nid = "{feed_name(url)}"'

    assert parse_feeds(text, file="x").feed[0].name == feed_name(url)


@pytest.mark.parametrize(
    ("top", "own", "url", "expected"),
    [
        pytest.param(("a.test",), (), "http://public.test/rss", set(), id="public-feed"),
        pytest.param(("a.test",), (), "http://a.test:81/rss", {80, 81, 443}, id="port-of-feed"),
        pytest.param(("a.test:82",), (), "http://a.test:81/rss", {82}, id="port-in-file"),
        pytest.param((), ("a.test:82",), "http://public.test/rss", {82}, id="feed-names-it"),
        pytest.param((), ("a.test",), "https://public.test/rss", {80, 443}, id="usual-ports"),
        pytest.param((), ("b.test",), "http://a.test/rss", set(), id="other-host"),
        pytest.param(("A.test",), (), "http://a.TEST:81/rss", {80, 81, 443}, id="capitals"),
    ],
)
def test_private_hosts_are_allowed_per_feed_and_port(
    top: tuple[str, ...], own: tuple[str, ...], url: str, expected: set[int]
) -> None:
    feed = FeedEntry(url=url, allow_private_hosts=own)
    allowed = FeedFile(allow_private_hosts=top, feed=(feed,)).private_hosts_of(feed)

    assert {port for port in range(78, 500) if is_allowed("a.test", port, allowed)} == expected


def test_ipv6_address_is_allowed_with_port() -> None:
    feed = FeedEntry(url="http://[::1]:81/rss")
    file = FeedFile(allow_private_hosts=("::1",), feed=(feed,))

    assert is_allowed("::1", 81, file.private_hosts_of(feed))
    assert not is_allowed("::1", 82, file.private_hosts_of(feed))
    assert is_allowed("::1", 82, file.private_hubs_of(feed))


def test_fields_of_trust_are_read() -> None:
    text = '[[feed]]\nurl = "https://a.test/"\nspeaks_for = ["b.test", "*"]\n'
    text += 'allow_private_hosts = ["c.test:81", "[::1]:81"]\n'

    feed = parse_feeds(text, file="x").feed[0]

    assert feed.speaks_for == ("b.test", "*")
    assert feed.allow_private_hosts == ("c.test:81", "[::1]:81")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('speaks_for = "b.test"', "speaks_for: give a list of domains"),
        ('speaks_for = ["https://b.test/"]', "speaks_for"),
        ('speaks_for = ["*.b.test"]', "speaks_for"),
        ('allow_private_hosts = ["http://b.test"]', "allow_private_hosts"),
    ],
)
def test_fields_of_trust_are_checked(line: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        parse_feeds(f'[[feed]]\nurl = "https://a.test/"\n{line}\n', file="x")
