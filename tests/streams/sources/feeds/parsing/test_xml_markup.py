import time

import pytest

from streams.sources.feeds.parsing.model import Entry, Feed
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.parsing.xml_markup import MAX_DEPTH, balance_xml


def sound_item(number: int) -> str:
    """Return an item in which markup, title and link are escaped as they should be."""
    return (
        f"<item><title>Rain &amp; wind {number}</title>"
        f"<link>https://news.test/d?a={number}&amp;b=2</link><guid>g{number}</guid>"
        f"<description>&lt;p&gt;The gauge &amp;amp; the river.&lt;/p&gt;</description></item>"
    )


def feed_with(mistake: str) -> Feed:
    """Return the feed with an item that has a mistake, followed by two sound items."""
    channel = f"<title>News</title><link>https://news.test/</link>{mistake}"
    items = sound_item(2) + sound_item(1)
    return parse_feed(f"<rss><channel>{channel}{items}</channel></rss>".encode())


def sound_rows() -> list[tuple[str, str, str, str]]:
    """Return what the two sound items say."""
    text = "<p>The gauge &amp; the river.</p>"
    return [
        (f"Rain & wind {number}", f"https://news.test/d?a={number}&b=2", f"g{number}", text)
        for number in (2, 1)
    ]


def rows(entries: tuple[Entry, ...]) -> list[tuple[str, str, str, str]]:
    return [(entry.title, entry.link, entry.id, entry.summary) for entry in entries]


HEAD = "<item><title>Cats</title><link>https://news.test/m</link><guid>m</guid>"
TAIL = "<link>https://news.test/m</link><guid>m</guid></item>"
CAT = "<description>A cat.</description>"

MISTAKES = {
    "raw line break": f"{HEAD}<description><br>A cat.</description></item>",
    "raw image": f"{HEAD}<description>A cat.<img src=/x.jpg></description></item>",
    "raw paragraphs": f"{HEAD}<description><p>A cat.<p></description></item>",
    "unclosed markup": f"{HEAD}<description>A <b>cat.</description></item>",
    "crossed markup": f"{HEAD}<description><b><i>A</b></i> cat.</description></item>",
    "title without end": f"<item><title>Cats{CAT}{TAIL}",
    "text without end": f"<item><title>Cats</title><description>A cat.{TAIL}",
    "author without end": f"<item><title>Cats</title><author>Ann{CAT}{TAIL}",
    "item without end": f"{HEAD}{CAT}",
    "end twice": f"{HEAD}{CAT}</description></item></item>",
    "end in other case": f"<item><Title>Cats</title>{CAT}{TAIL}",
    "end cut off": f"<item><title>Cats</title{CAT}{TAIL}",
    "feed's end too early": f"{HEAD}{CAT}</item></channel></rss>",
    "ampersand": f"<item><title>Cats</title>{CAT}<x>a & b</x>{TAIL}",
    "ampersand in attribute": f'{HEAD}{CAT}<enclosure url="/x?a=1&b=2"/></item>',
    "bracket": f"<item><title>Cats</title>{CAT}<x>3 < 4, I <3 u</x>{TAIL}",
    "bracket in attribute": f'{HEAD}{CAT}<enclosure title="3 < 4" url="/x"/></item>',
    "control character": f"<item><title>Ca\x08ts</title>{CAT}{TAIL}",
    "reference to control character": f"<item><title>Ca&#8;ts</title>{CAT}{TAIL}",
    "undefined entity": f"{HEAD}{CAT}<x>&nbsp;&foo;</x></item>",
    "attribute without quotes": f"{HEAD}{CAT}<enclosure url=https://x.test/a length=3 /></item>",
    "attribute without end": f'{HEAD}{CAT}<enclosure url="https://x.test/a length="3"/></item>',
    "attribute twice": f'{HEAD}{CAT}<enclosure url="a" url="b"/></item>',
    "attribute without value": f"<item><title>Cats</title>{CAT}<x y>a</x>{TAIL}",
    "undeclared prefix": f"{HEAD}{CAT}<dc:creator>Ann &amp; Bo</dc:creator></item>",
    "name with a digit": f"{HEAD}{CAT}<1x>a</1x></item>",
    "section within a section": (
        f"<item><title>Cats</title><description><![CDATA[A <![CDATA[cat]]>.]]></description>{TAIL}"
    ),
    "section's end alone": f"<item><title>Cats]]></title>{CAT}{TAIL}",
    "section without end": f"{HEAD}<description><![CDATA[A cat.</description></item>",
    "section with half an end": f"<item><title><![CDATA[Cats]></title>{CAT}{TAIL}",
    "comment with dashes": f"{HEAD}<!-- a -- b -->{CAT}</item>",
    "comment without end": f"{HEAD}{CAT}<!-- a </item>",
    "second declaration": f'{HEAD}<?xml version="1.0"?>{CAT}</item>',
    "program text": f"{HEAD}{CAT}<?php echo 'a > b'; ?></item>",
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_one_mistake_leaves_other_items_sound(mistake: str) -> None:
    feed = feed_with(mistake)

    assert rows(feed.entries[1:]) == sound_rows()
    assert (feed.title, feed.link) == ("News", "https://news.test/")


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_one_mistake_leaves_rest_of_its_item_readable(mistake: str) -> None:
    entry = feed_with(mistake).entries[0]

    assert (entry.title, entry.link, entry.id) == ("Cats", "https://news.test/m", "m")
    assert "cat" in entry.summary


def test_mistake_in_feed_of_megabytes_leaves_other_items_sound() -> None:
    long = f"{HEAD}<description>a & b{'x' * 3_000_000}</description></item>"

    assert rows(feed_with(long).entries[1:]) == sound_rows()


def test_section_without_end_is_found_in_well_formed_feed() -> None:
    text = "<item><title>{}</title><description><![CDATA[{}</description></item>"
    items = text.format("Cats", "A cat.") + text.format("Dogs", "A dog.]]>")

    feed = parse_feed(f"<rss><channel>{items}</channel></rss>".encode())

    assert [(entry.title, entry.summary) for entry in feed.entries] == [
        ("Cats", "A cat."),
        ("Dogs", "A dog."),
    ]


def test_balance_xml_of_atom_keeps_people_and_sources() -> None:
    entry = (
        "<entry><author><name>Ann & Bo</name><uri>https://x.test</uri></author>"
        "<source><title>S</title><link href='s'/></source><title>Rain</title></entry>"
    )

    (read,) = parse_feed(f"<feed>{entry}</feed>".encode()).entries

    assert (read.title, read.authors) == ("Rain", ("Ann & Bo",))


ITEMS = sound_item(3) + sound_item(2) + sound_item(1)
RSS = f"<rss><channel><title>News</title>{ITEMS}</channel></rss>"
SECTIONS = RSS.replace("<description>", "<description><![CDATA[").replace(
    "</description>", "]]></description>"
)
ATOM = (
    RSS.replace("<rss><channel>", '<feed xmlns="http://www.w3.org/2005/Atom">')
    .replace("</channel></rss>", "</feed>")
    .replace("item>", "entry>")
)


@pytest.mark.parametrize("document", [RSS, SECTIONS, ATOM], ids=["rss", "sections", "atom"])
@pytest.mark.parametrize("share", [n / 40 for n in range(40)])
def test_entries_of_feed_cut_anywhere_are_complete(document: str, share: float) -> None:
    whole = parse_feed(document.encode())
    start = document.index("<title>")

    cut = parse_feed(document[: start + int((len(document) - start) * share)].encode())

    assert cut.entries == whole.entries[: len(cut.entries)]
    assert not cut.ends


def test_feed_with_mistakes_to_its_end_is_not_cut() -> None:
    assert feed_with("<item>&</x>").ends


def test_sitemap_that_is_cut_leaves_its_last_url() -> None:
    url = "<url><loc>https://news.test/{}</loc><news><title>Rain</title></news></url>"

    feed = parse_feed(f"<urlset>{url.format(1)}{url.format(2)[:40]}".encode())

    assert ([entry.link for entry in feed.entries], feed.ends) == (["https://news.test/1"], False)


def test_balance_xml_limits_depth() -> None:
    balanced = balance_xml("<a>" * 10_000)

    assert balanced.text == "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH


@pytest.mark.parametrize(
    "noise",
    ["<title><i>", "<item><![CDATA[", "<description><![CDATA[</description>", "<a b='", '<a "',
     "<summary>", "<description><summary><guid/>", "<" + "a" * 50, "&#1;", "]]>", "</", "<item>"],
)  # fmt: skip
def test_balance_xml_takes_linear_time(noise: str) -> None:
    start = time.process_time()

    balance_xml("<rss><x><description>" + noise * (400_000 // len(noise)))

    assert time.process_time() - start < 2
