from contextlib import suppress
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.feeds.parsing.model import Entry, FeedError
from streams.sources.feeds.parsing.parse import parse_feed

RSS = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
  xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Caf\xe9 Courier</title><link>https://courier.test/</link><language>fr</language>
<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
<atom:link rel="hub" href="https://hub.test/"/><atom:link rel="self" href="https://courier.test/rss"/>
<item><title>Rain</title><link>/a?x=1&amp;y=2</link><guid isPermaLink="false">7</guid>
<pubDate>Mon, 02 Mar 2026 09:30:00 GMT</pubDate><dc:creator>Ann Lee</dc:creator>
<author>desk@courier.test (Bo Day)</author><description>&lt;p&gt;It rained.</description>
<content:encoded><![CDATA[<p>It rained all day.</p>]]></content:encoded></item>
<item><guid>https://courier.test/b</guid><title>Wind</title></item>
</channel></rss>"""

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.test/x/" xml:lang="en">
<title>News</title><link href="/"/><link rel="self" href="feed"/>
<entry><id>tag:news.test,2026:1</id><title type="html">Rain &amp;amp; wind</title>
<link rel="edit" href="e"/><link href="1"/><author><name>Ann Lee</name></author>
<published>2026-03-02T09:30:00Z</published><updated>2026-03-02T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>It <b>rained</b>.</p></div></content>
</entry></feed>"""

SITEMAP = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.test/a</loc><news:news><news:publication><news:name>News Test</news:name>
<news:language>en</news:language></news:publication>
<news:publication_date>2026-03-02T09:30:00+01:00</news:publication_date>
<news:title>Rain &amp; wind</news:title></news:news></url>
<url><loc>https://news.test/imprint</loc></url></urlset>"""


def test_parse_feed_reads_rss() -> None:
    feed = parse_feed(RSS, url="https://courier.test/rss")

    assert (feed.format, feed.title, feed.link, feed.language) == (
        "rss",
        "Café Courier",
        "https://courier.test/",
        "fr",
    )
    assert (feed.hub, feed.self_url) == ("https://hub.test/", "https://courier.test/rss")
    assert feed.least_interval == timedelta(minutes=30)
    rain, wind = feed.entries
    assert (rain.id, rain.link, rain.title) == ("7", "https://courier.test/a?x=1&y=2", "Rain")
    assert (rain.summary, rain.content) == ("<p>It rained.", "<p>It rained all day.</p>")
    assert rain.authors == ("Bo Day", "Ann Lee")
    assert rain.time is not None
    assert rain.time.isoformat() == "2026-03-02T09:30:00+00:00"
    assert wind.link == "https://courier.test/b"


def test_parse_feed_reads_atom() -> None:
    feed = parse_feed(ATOM)

    (entry,) = feed.entries
    assert (feed.format, feed.link, feed.language) == ("atom", "https://news.test/", "en")
    assert (entry.id, entry.link) == ("tag:news.test,2026:1", "https://news.test/x/1")
    assert (entry.title, entry.content) == ("Rain &amp; wind", "<p>It <b>rained</b>.</p>")
    assert entry.authors == ("Ann Lee",)


def atom_entry(inside: str, *, base: str = "") -> Entry:
    """Parse an Atom feed with one entry, whose document declares a base."""
    attribute = f' xml:base="{base}"' if base else ""
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"{attribute}><entry>{inside}</entry></feed>'
    return parse_feed(body.encode(), url="https://fetched.test/feed").entries[0]


def rss_item(inside: str, *, namespaces: str = "") -> Entry:
    """Parse an RSS feed with one item."""
    body = f"<rss {namespaces}><channel><item>{inside}</item></channel></rss>"
    return parse_feed(body.encode(), url="https://fetched.test/feed").entries[0]


def test_parse_feed_resolves_links_with_nearest_base() -> None:
    entry = atom_entry(
        '<title type="html" xml:base="c/">&lt;a href="d"&gt;</title>'
        '<summary type="html">&lt;img src="e"&gt;</summary>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><a href="/f">g</a></div>'
        "</content>",
        base="https://news.test/a/b/",
    )

    assert entry.title == '<a href="https://news.test/a/b/c/d">'
    assert entry.summary == '<img src="https://news.test/a/b/e">'
    assert entry.content == '<a href="https://news.test/f">g</a>'


def test_parse_feed_resolves_links_of_rss_with_url() -> None:
    entry = rss_item("<description>&lt;a href='b'&gt;c&lt;/a&gt;</description>")

    assert entry.summary == '<a href="https://fetched.test/b">c</a>'


HOSTED = "https://feeds.test/x/rss"
RELATIVE = "<item><link>{}</link><description>&lt;a href='/b'></description></item>"
SITE = "<link>https://news.test/</link>"
SELF = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="self" href="{}"/>'
BASES = {
    "site, from root": (SITE, "/blog/a", "https://news.test/blog/a"),
    "site, without a slash": (SITE, "blog/a", "https://news.test/blog/a"),
    "own address at the site": (
        SITE + SELF.format("https://news.test/d/f"),
        "a",
        "https://news.test/d/a",
    ),
    "own address at the service": (SITE + SELF.format(HOSTED), "a", "https://news.test/a"),
    "no site": ("", "a", "https://feeds.test/x/a"),
    "site of the same host": (
        "<link>https://www.feeds.test/</link>",
        "a",
        "https://feeds.test/x/a",
    ),
    "relative site": ("<link>/</link>", "a", "https://feeds.test/x/a"),
    "scheme only": (SITE, "//cdn.test/a", "https://cdn.test/a"),
    "white space": (SITE, "\n https://news.test/a\n", "https://news.test/a"),
}


@pytest.mark.parametrize(("channel", "link", "expected"), BASES.values(), ids=BASES)
def test_parse_feed_hosted_elsewhere_resolves_links(channel: str, link: str, expected: str) -> None:
    body = f"<rss><channel>{channel}{RELATIVE.format(link)}</channel></rss>".encode()

    (entry,) = parse_feed(body, url=HOSTED).entries

    assert entry.link == expected


def test_parse_feed_hosted_elsewhere_resolves_links_of_texts() -> None:
    body = f"<rss><channel>{SITE}{RELATIVE.format('a')}</channel></rss>".encode()

    (entry,) = parse_feed(body, url=HOSTED).entries

    assert "https://news.test/b" in entry.summary


def test_parse_feed_uses_base_of_channel() -> None:
    body = (
        f"<rss><channel xml:base='https://b.test/x/'>{SITE}{RELATIVE.format('a')}</channel></rss>"
    )

    (entry,) = parse_feed(body.encode(), url=HOSTED).entries

    assert entry.link == "https://b.test/x/a"


def test_parse_feed_of_json_hosted_elsewhere_resolves_links() -> None:
    item = {"id": "1", "url": "/a", "content_text": "x"}
    body = orjson.dumps({"home_page_url": "https://news.test/", "items": [item]})

    assert parse_feed(body, url=HOSTED).entries[0].link == "https://news.test/a"


def test_parse_feed_resolves_no_links_in_plain_text() -> None:
    entry = atom_entry('<id>1:</id><title type="text">write &lt;a href="b"&gt;</title>')

    assert entry.title == 'write <a href="b">'


@pytest.mark.parametrize(
    ("base", "expected"),
    [("https://news.test/a/", "https://news.test/a/7"), ("", "7"), ("a/", "7")],
)
def test_parse_feed_id_does_not_depend_on_url(base: str, expected: str) -> None:
    assert atom_entry("<id>7</id>", base=base).id == expected


def test_parse_feed_keeps_guid_unchanged() -> None:
    assert rss_item('<guid isPermaLink="false"><b>7</b> &amp; 8</guid>').id == "<b>7</b> &amp; 8"


def test_parse_feed_reads_escaped_html_in_div() -> None:
    entry = atom_entry('<content type="html"><div>Rain &lt;b&gt;now&lt;/b&gt;</div></content>')

    assert entry.content == "Rain <b>now</b>"


def test_parse_feed_uses_first_of_two_texts_as_teaser() -> None:
    entry = rss_item("<summary>Rain.</summary><description>It rained all day.</description>")

    assert (entry.summary, entry.content) == ("Rain.", "It rained all day.")


def test_parse_feed_ignores_case_of_namespaces() -> None:
    entry = rss_item(
        "<itunes:author>Ann Lee</itunes:author>",
        namespaces='xmlns:itunes="http://www.iTunes.com/DTDs/Podcast-1.0.dtd"',
    )

    assert entry.authors == ("Ann Lee",)


def test_parse_feed_uses_alternate_link() -> None:
    entry = atom_entry(
        '<link rel="alternate">https://news.test/a</link><link rel="enclosure">/a.mp3</link>'
    )

    assert entry.link == "https://news.test/a"


def test_parse_feed_reads_news_sitemap() -> None:
    feed = parse_feed(SITEMAP)

    (entry,) = feed.entries
    assert (feed.format, feed.title, feed.language) == ("news-sitemap", "News Test", "en")
    assert (entry.link, entry.title) == ("https://news.test/a", "Rain & wind")
    assert entry.time is not None


def test_parse_feed_reads_json_feed() -> None:
    item = {
        "id": 7,
        "url": "/7",
        "title": "Rain",
        "content_text": "It rained.",
        "date_published": "2026-03-02T09:30:00Z",
        "authors": [{"name": "Ann Lee"}, {"url": "x"}],
    }
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [item, 3]}

    feed = parse_feed(orjson.dumps(body), url="https://news.test/feed.json")

    (entry,) = feed.entries
    assert (entry.id, entry.link, entry.content) == ("7", "https://news.test/7", "It rained.")
    assert (entry.authors, entry.plain) == (("Ann Lee",), {"title", "summary", "content"})


VIDEO = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<entry><id>1</id>{}</entry></feed>"""
TEXTS = (
    "<media:title>Council</media:title><media:description>The council\n votes.</media:description>"
)


@pytest.mark.parametrize(
    "media",
    [
        f"<media:group>{TEXTS}</media:group>",
        f'<media:content url="a.mp4">{TEXTS}</media:content>',
        f"<media:group><media:content>{TEXTS}</media:content></media:group>",
        TEXTS,
    ],
    ids=["group", "content", "content in group", "item"],
)
def test_parse_feed_reads_texts_of_media(media: str) -> None:
    (entry,) = parse_feed(VIDEO.format(media).encode()).entries

    assert (entry.title, entry.summary) == ("Council", "The council\n votes.")
    assert entry.plain == {"title", "summary"}


TYPED = [
    ('<title type="text">a &lt;b> c</title><content type="html">&lt;p>x</content>', {"title"}),
    ('<title type="html">a</title><summary type="text">&lt;i>x&lt;/i></summary>', {"summary"}),
    ("<title>a &lt;tideclock> b</title><content type='xhtml'><div>x</div></content>", {"title"}),
    ("<title>&lt;i>a&lt;/i> b</title><summary>x</summary>", {"summary"}),
]


@pytest.mark.parametrize(("texts", "plain"), TYPED)
def test_parse_feed_tells_plain_text_by_element(texts: str, plain: set[str]) -> None:
    (entry,) = parse_feed(VIDEO.format(texts).encode()).entries

    assert entry.plain == plain


def test_parse_feed_of_rss_is_html() -> None:
    (entry,) = parse_feed(
        b"<rss><item><title>a</title><description>b</description></item></rss>"
    ).entries

    assert entry.plain == frozenset()


def test_parse_feed_falls_back_to_feedparser() -> None:
    body = b"<ol><li>x</li></ol><item><title>Rain</title><link>https://news.test/a</link></item>"

    feed = parse_feed(body)

    assert [entry.title for entry in feed.entries] == ["Rain"]


def test_parse_feed_limits_entries() -> None:
    items = "".join(f"<item><title>{number}</title></item>" for number in range(7))

    feed = parse_feed(f"<rss><channel>{items}</channel></rss>".encode(), max_entries=5)

    assert (len(feed.entries), feed.n_left_out) == (5, 2)


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251", "utf-8"])
def test_parse_feed_uses_charset_of_server(charset: str) -> None:
    body = "<rss><channel><title>Новости дня сегодня</title></channel></rss>".encode(charset)

    assert parse_feed(body, charset=charset).title == "Новости дня сегодня"


NO_FEEDS = [
    ("nothing", b" \n", "empty"),
    ("page", b"<!DOCTYPE html><html><body>x</body></html>", "a web page, not a feed"),
    ("page behind a comment", b"<!-- x --><html>", "a web page, not a feed"),
    ("other JSON", b'{"a": 1}', "JSON, but not JSON Feed"),
    ("another service's JSON", b'{"items": [{"id": 1}]}', "JSON, but not JSON Feed"),
    ("broken JSON", b'{"a": ', "not JSON"),
    ("other XML", b"<svg/>", "neither RSS"),
    ("text", b"Not found", "neither RSS"),
    (
        "sitemap of a site",
        b"<urlset><url><loc>https://news.test/</loc></url></urlset>",
        "news tags",
    ),
    ("map of maps", b"<sitemapindex/>", "a sitemap index"),
    ("picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "neither RSS"),
]


@pytest.mark.parametrize(
    ("body", "why"), [case[1:] for case in NO_FEEDS], ids=[case[0] for case in NO_FEEDS]
)
def test_parse_feed_error_names_reason(body: bytes, why: str) -> None:
    with pytest.raises(FeedError, match=why):
        parse_feed(body)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<rss>{text}".encode()))
def test_parse_feed_accepts_any_bytes(body: bytes) -> None:
    with suppress(FeedError):
        assert all(isinstance(entry, Entry) for entry in parse_feed(body).entries)


@pytest.mark.parametrize("cut", range(0, len(RSS), 97))
def test_parse_feed_accepts_truncated_body(cut: int) -> None:
    with suppress(FeedError):
        assert len(parse_feed(RSS[:cut]).entries) <= 2
