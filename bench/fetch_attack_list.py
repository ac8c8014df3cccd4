# ruff: noqa: E501  # a table, one attack a line
"""The attacks of bench/fetch_attacks.py: what is sent, and the outcome that must result."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import brotli

from bench.fetch_attack_server import Script

ZEROS: Final = bytes(1024 * 1024)
INSIDE: Final = (
    "http://127.0.0.1/",
    "http://10.1.2.3/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::7f00:1]/",
    "http://[fec0::1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1%25lo]/",
    "http://[fc00::1]/",
    "http://localhost/",
    "http://localhost./",
    "http://user:password@127.0.0.1/",
    "http://evil.test/",
)
"""Internal addresses, written as attackers do; ``evil.test`` resolves to 127.0.0.1."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """An attack.

    Attributes:
        name: Name of the attack.
        script: What the server sends.
        expected: Text that the outcome must contain.
        is_feed: Whether the body is also parsed as a feed.
        max_bytes: Maximum number of bytes that may be received, socket buffers included.
    """

    name: str
    script: Script
    expected: str
    is_feed: bool = False
    max_bytes: int = 16 * 1024 * 1024


def ok(*headers: str, body: Iterable[bytes | float] = (), close: bool = True) -> Script:
    """Return a script that answers 200 with headers and a body."""
    lines = ["HTTP/1.1 200 OK", *headers, *(["connection: close"] if close else []), "", ""]

    def script() -> Iterator[bytes | float]:
        yield "\r\n".join(lines).encode("latin-1")
        yield from body

    return script


def status(line: str, *headers: str) -> Script:
    """Return a script that answers with a status and no body."""
    lines = [f"HTTP/1.1 {line}", *headers, "content-length: 0", "connection: close", "", ""]
    return lambda: iter(["\r\n".join(lines).encode("latin-1")])


class Endless:
    """The same pieces endlessly, each time from the beginning.

    Args:
        pieces: Pieces to repeat.
        first: Piece before them.
    """

    def __init__(self, *pieces: bytes | float, first: bytes = b"") -> None:
        self._pieces = pieces
        self._first = first

    def __iter__(self) -> Iterator[bytes | float]:
        """Start from the beginning."""
        yield self._first
        while True:
            yield from self._pieces


def packed(head: bytes) -> Endless:
    """Return endless compressed zeros: a self-contained block of deflate, repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(16 * 1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return Endless(block, first=head)


def raw(*pieces: bytes | float) -> Script:
    """Return a script that sends these pieces only."""
    return lambda: iter(pieces)


def after(head: bytes, pieces: Iterable[bytes | float]) -> Script:
    """Return a script that sends a head, then pieces."""

    def script() -> Iterator[bytes | float]:
        yield head
        yield from pieces

    return script


GZIP: Final = "content-encoding: gzip"
LIMIT: Final = 8 * 1024 * 1024
HEAD: Final = b"HTTP/1.1 200 OK\r\n"
CHUNKED: Final = "transfer-encoding: chunked"

TRANSPORT: Final = [
    Attack(name="gzip bomb, endless", script=ok(GZIP, body=packed(gzip.compress(b"")[:10])), expected="decompress"),
    Attack(name="deflate bomb", script=ok("content-encoding: deflate", body=packed(b"\x78\x9c")), expected="decompress"),
    Attack(name="raw deflate bomb", script=ok("content-encoding: deflate", body=packed(b"")), expected="decompress"),
    Attack(name="gzip in gzip, 10 GB in 10 KB", script=ok(GZIP, body=[gzip.compress(gzip.compress(bytes(100_000_000)))]), expected="answer of"),
    Attack(name="brotli bomb, not requested", script=ok("content-encoding: br", body=[brotli.compress(bytes(50_000_000), quality=1)]), expected="not requested"),
    Attack(name="empty gzip members, endless", script=ok(GZIP, body=Endless(gzip.compress(b"") * 1000)), expected="members"),
    Attack(name="corrupt gzip", script=ok(GZIP, body=[b"\x1f\x8b\x08\0garbage" * 9]), expected="corrupt"),
    Attack(name="endless body", script=ok(body=Endless(ZEROS)), expected="more than"),
    Attack(name="endless chunks", script=ok(CHUNKED, body=Endless(b"100000\r\n" + ZEROS + b"\r\n")), expected="more than"),
    # aiohttp holds neither extensions nor interim answers: they cost bandwidth until time is up.
    Attack(name="endless chunk extension", script=ok(CHUNKED, body=Endless(b"x" * 65536, first=b"1;")), expected="timed out", max_bytes=10**12),
    Attack(name="chunk of 2**63 bytes", script=ok(CHUNKED, body=[b"7fffffffffffffff\r\n", *[ZEROS] * 99]), expected=""),
    Attack(name="announces 10**18 bytes", script=ok("content-length: 1000000000000000000"), expected="more than"),
    Attack(name="announces 10 bytes, sends 1 MB", script=ok("content-length: 10", body=[ZEROS]), expected="invalid response"),
    Attack(name="announces 1 MB, closes after 10 bytes", script=ok("content-length: 1000000", body=[b"x" * 10]), expected="invalid response"),
    Attack(name="gzip that closes half-way", script=ok(GZIP, "content-length: 99999", body=[gzip.compress(b"Rain" * 99)[:20]]), expected="invalid response"),
    Attack(name="two lengths that differ", script=ok("content-length: 5", "content-length: 7", body=[b"1234567"]), expected=""),
    Attack(name="a byte a second, endless", script=ok("content-length: 999999", body=Endless(b"x", 1.0)), expected="timed out"),
    Attack(name="a header byte a second", script=after(HEAD, Endless(b"x", 1.0)), expected="timed out"),
    Attack(name="silence", script=raw(3600.0), expected="timed out"),
    Attack(name="endless headers", script=after(HEAD, Endless(b"x: " + b"y" * 4000 + b"\r\n")), expected=""),
    Attack(name="a header of 100 MB", script=after(HEAD + b"x: ", [ZEROS.replace(b"\0", b"y")] * 100), expected=""),
    Attack(name="endless interim answers (103)", script=after(b"", Endless(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 999)), expected="timed out", max_bytes=10**12),
    Attack(name="a status of 1 MB", script=raw(b"HTTP/1.1 200 " + b"x" * 1_000_000 + b"\r\n\r\n"), expected=""),
    Attack(name="no HTTP at all", script=raw(b"SSH-2.0-OpenSSH_9.6\r\n"), expected="invalid response"),
    Attack(name="429, Retry-After of 30 years", script=status("429 Too Many", "retry-after: 999999999"), expected="again after 7 days"),
    Attack(name="503, Retry-After in 9999", script=status("503 Busy", "retry-after: Fri, 31 Dec 9999 23:59:59 GMT"), expected="again after 7 days"),
    Attack(name="redirect loop", script=status("302 Found", "location: ?again"), expected="more than 5 redirects"),
    Attack(name="redirect to a file", script=status("302 Found", "location: file:///etc/passwd"), expected="neither http"),
    Attack(name="redirect to gopher", script=status("302 Found", "location: gopher://127.0.0.1:25/"), expected="neither http"),
    Attack(name="redirect to data", script=status("302 Found", "location: data:text/html,x"), expected="neither http"),
    Attack(name="redirect to a URL of 1 MB", script=status("302 Found", "location: http://news.test/" + "x" * 7000), expected=""),
]  # fmt: skip


def feed(text: str, *headers: str) -> Script:
    """Return a script that answers with a feed."""
    return ok("content-type: application/rss+xml", *headers, body=[text.encode()])


def rss(items: str, doctype: str = "") -> str:
    """Return a feed of items."""
    return f'<?xml version="1.0"?>{doctype}<rss><channel><title>N</title>{items}</channel></rss>'


ITEM: Final = "<item><title>{0}</title><link>https://news.test/{0}</link></item>"
LAUGHS: Final = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{("&" + before + ";") * 10}">'
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
) + "]>"  # fmt: skip
QUADRATIC: Final = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 60000}">]>'
OUTSIDE: Final = '<!DOCTYPE rss [<!ENTITY x SYSTEM "{0}">]>'
DTD: Final = '<!DOCTYPE rss SYSTEM "{0}">'
PARAMETERS: Final = '<!DOCTYPE rss [<!ENTITY % x SYSTEM "{0}"> %x;]>'
USE: Final = "<item><title>Rain &{0};</title><link>https://news.test/1</link></item>"


def feeds(trap: str) -> list[Attack]:
    """Return the attacks in the content of a feed; ``trap`` is a URL that must not be requested."""
    many = "".join(ITEM.format(n) for n in range(100_000))
    deep = "<a>" * 100_000
    attributes = " ".join(f'a{n}="x"' for n in range(100_000))
    cases = [
        ("billion laughs", rss(USE.format("k"), LAUGHS), "1 entries"),
        ("quadratic blow-up", rss(USE.format("a;" + "&a;" * 20_000 + "&a"), QUADRATIC), ""),
        ("external entity, a file", rss(USE.format("x"), OUTSIDE.format("file:///etc/passwd")), "1 entries"),
        ("external entity, a URL", rss(USE.format("x"), OUTSIDE.format(trap)), "1 entries"),
        ("external DTD", rss(ITEM.format(1), DTD.format(trap)), "1 entries"),
        ("parameter entity", rss(ITEM.format(1), PARAMETERS.format(trap)), "1 entries"),
        ("100,000 entries", rss(many), "2000 entries"),
        ("100,000 deep", rss(f"<item>{deep}"), ""),
        ("100,000 attributes", rss(f"<item {attributes}/>"), ""),
        ("8 MB of <", "<rss>" + "<" * 8_000_000, ""),
        ("8 MB of &", "<rss>" + "&" * 8_000_000, ""),
        ("8 MB of unclosed CDATA", "<rss>" + "<![CDATA[" * 900_000, ""),
        ("a title of 8 MB", rss(f"<item><title>{'x' * 8_000_000}</title></item>"), "1 entries"),
        ("a page, not a feed", "<html><body>Sorry</body></html>", "a web page"),
    ]  # fmt: skip
    found = [
        Attack(name=name, script=feed(text), expected=expected, is_feed=True)
        for name, text, expected in cases
    ]
    text = rss("<item><title>Café</title></item>")
    wrong = [
        ("declared UTF-16, is UTF-8", "utf-16", text.encode()),
        ("declared UTF-8, is Latin-1", "utf-8", text.encode("latin-1")),
        ("a charset that nobody knows", "x-evil-" + "9" * 4000, text.encode()),
        ("UTF-7", "utf-7", b"+ADw-script+AD4-"),
        ("NUL after every byte", "", text.encode("utf-16-le")),
    ]
    return found + [
        Attack(
            name=name,
            script=ok(f"content-type: application/rss+xml; charset={charset}", body=[body]),
            expected="" if charset == "utf-7" else "1 entries",
            is_feed=True,
        )
        for name, charset, body in wrong
    ]
