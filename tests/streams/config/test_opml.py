from pathlib import Path

import pytest

from streams.config.feeds_file import load_feeds
from streams.config.opml import opml_text, read_opml, web_url
from streams.errors import UsageError


def outlines(*urls: str, more: str = "") -> bytes:
    """Return a list with an outline for each URL."""
    lines = "".join(f'<outline type="rss" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><body>{lines}{more}</body></opml>'.encode()


CASES = [
    ("nested", ["https://maxa.example/rss", "https://two.example/atom.xml?a=1&b=2"]),
    ("no-text-no-type", ["https://three.example/rss", "https://four.example/rss"]),
    ("other-elements", ["https://five.example/rss", "https://six.example/rss"]),
    ("bare-ampersand", ["https://seven.example/rss?cat=1&fmt=rss", "https://eight.example/rss"]),
    (
        "schemes",
        [
            "http://nine.example/rss",
            "https://ten.example/rss",
            "https://eleven.example/my%20feed.xml",
            "https://twelve.example/rss",
        ],
    ),
    ("utf16", ["https://thirteen.example/rss"]),
    ("bom", ["https://fourteen.example/rss"]),
    ("twice", ["https://fifteen.example/rss", "https://www.fifteen.example/rss/"]),
]


@pytest.mark.parametrize(("name", "urls"), CASES)
def test_read_opml_of_other_readers(shared: Path, name: str, urls: list[str]) -> None:
    data = (shared / "cases/sources/26-opml-of-others" / f"{name}.opml").read_bytes()

    found = read_opml(data)

    assert (list(found.urls), found.left_out) == (urls, ())


def test_read_opml_names_what_it_leaves_out() -> None:
    more = (
        '<outline type="include" url="https://a.test/more.opml"/>'
        '<outline htmlUrl="https://b.test/"/>'
    )
    data = outlines(
        "https://a.test/rss",
        "mailto:a@b.test",
        "file:///etc/passwd",
        "https://ann:secret@a.test/rss",
        "www.a.test/rss",
        more=more,
    )

    found = read_opml(data)

    assert found.urls == ("https://a.test/rss",)
    assert found.left_out == (
        "mailto:a@b.test: neither http nor https",
        "file:///etc/passwd: neither http nor https",
        "https://…@a.test/rss: has a user name; add it with --login",
        "www.a.test/rss: neither http nor https",
        "https://a.test/more.opml: another list, not a feed",
        "https://b.test/: a page, without a feed",
    )


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16", "iso-8859-1", "utf-8-sig"])
def test_read_opml_of_any_encoding(encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    text = declaration + outlines("https://a.test/ø").decode()
    mark = "\ufeff" if encoding == "utf-16-be" else ""

    assert read_opml((mark + text).encode(encoding)).urls == ("https://a.test/ø",)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed:https://a.test/rss", "https://a.test/rss"),
        ("feed://https://a.test/rss", "https://a.test/rss"),
        ("FEED://A.test/Rss", "http://a.test/Rss"),
        ("Http://A.Test:8080", "http://a.test:8080"),
        ("http:///rss", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_web_url(written: str, url: str) -> None:
    assert web_url(written)[0] == url


def test_read_opml_is_inverse_of_opml_text() -> None:
    feeds = [("A & <b>", "https://a.test/?x=1&y='2'"), ("B", 'https://b.test/"')]

    assert read_opml(opml_text(feeds).encode()).urls == tuple(url for _, url in feeds)


def test_read_opml_reads_folders() -> None:
    data = b"""<?xml version="1.0"?><opml version="1.1"><head/><body><outline text="World">
    <outline type="rss" xmlUrl="https://a.test/rss" text="A"/>
    <outline type="rss" xmlUrl="https://a.test/rss" text="again"/></outline></body></opml>"""

    assert read_opml(data).urls == ("https://a.test/rss",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        b"<opml/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><opml>&x;</opml>',
        outlines("mailto:a@b"),
    ],
)
def test_read_opml_refuses_other_text(data: bytes) -> None:
    with pytest.raises(UsageError):
        read_opml(data)


def test_opml_is_a_file_of_feeds(tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_bytes(
        "\ufeff".encode("utf-16-le") + outlines("https://a.test/rss").decode().encode("utf-16-le")
    )

    assert [feed.url for feed in load_feeds(file).feed] == ["https://a.test/rss"]
