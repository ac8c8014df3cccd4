"""Bytes as stored, unpacked within a bound and decoded by the best evidence."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.charset import TooLargeError, UnreadableError, decode_text, unpacked

RUSSIAN = "Министры встретились в Женеве и говорили о безопасности в Европе. " * 20


@given(st.binary(), st.text())
def test_decoded_answers_whatever_comes(body: bytes, charset: str) -> None:
    assert isinstance(decode_text(body, http_charset=charset).text, str)


@given(st.text())
def test_decoded_reads_utf_8_as_it_was_written(text: str) -> None:
    body = text.encode("utf-8")

    assert decode_text(b"\xef\xbb\xbf" + body).text == text


@pytest.mark.parametrize(
    ("body", "http", "text", "charset", "source"),
    [
        ("é".encode("utf-16"), "", "é", "utf-16-le", "bom"),
        (b"\xef\xbb\xbfa", "latin-1", "a", "utf-8", "bom"),
        ("é – €".encode("cp1252"), "iso-8859-1", "é – €", "cp1252", "http"),
        ("é".encode("cp1252"), "", "é", "", "detected"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет", "koi8-r", "http"),
        ('<meta charset="gb2312">\u4e2d\u6587'.encode("gb18030"), "", None, "gb18030", "meta"),
        (
            '<?xml version="1.0" encoding="shift_jis"?>日本'.encode("cp932"),
            "",
            None,
            "cp932",
            "meta",
        ),
        ('<meta charset="utf-16">ü'.encode(), "", None, "utf-8", "meta"),
        ("ü".encode(), "windows-1252", "ü", "utf-8", "utf-8"),
        (b"plain", "no-such-charset", "plain", "utf-8", "utf-8"),
        (b"plain", "base64", "plain", "utf-8", "utf-8"),
        (b"pl\x80in", "undefined", None, "", "detected"),
        (b"pl\x80in", "idna", None, "", "detected"),
        (b"x" * 2000 + b"\xff", "utf-8", "x" * 2000 + "\ufffd", "utf-8", "http"),
        (RUSSIAN.encode("cp1251"), "", RUSSIAN, "cp1251", "detected"),
    ],
)
def test_decoded_follows_the_best_evidence(
    body: bytes, http: str, text: str | None, charset: str, source: str
) -> None:
    found = decode_text(body, http_charset=http)

    assert found.source == source
    assert found.charset == (charset or found.charset)
    assert found.text == (text or found.text)


def test_unpacked_leaves_what_is_not_packed() -> None:
    assert unpacked(b"page", gzipped=False, max_bytes=4) == b"page"


def test_unpacked_reads_gzip_that_was_not_announced() -> None:
    assert unpacked(gzip.compress(b"page"), gzipped=False, max_bytes=9) == b"page"


def test_unpacked_reads_gzip_within_gzip_and_several_members() -> None:
    twice = gzip.compress(gzip.compress(b"page ") + gzip.compress(b"two"))

    assert unpacked(twice, gzipped=True, max_bytes=99) == b"page two"


def test_unpacked_gives_what_a_cut_stream_held() -> None:
    body = gzip.compress(bytes(range(256)) * 40)[:-20]

    assert unpacked(body, gzipped=True, max_bytes=20_000)[:3] == b"\0\1\2"


def test_unpacked_stops_a_bomb_at_the_bound() -> None:
    bomb = gzip.compress(bytes(50_000_000), compresslevel=9)

    with pytest.raises(TooLargeError):
        unpacked(bomb, gzipped=True, max_bytes=2_000_000)


def test_unpacked_refuses_a_plain_body_over_the_bound() -> None:
    with pytest.raises(TooLargeError, match="5 bytes, limit 4"):
        unpacked(b"pages", gzipped=False, max_bytes=4)


@pytest.mark.parametrize(
    "body",
    [b"no gzip", b"", b"\x1f\x8b\x08garbage....", gzip.compress(b"page")[:10], zlib.compress(b"x")],
)
def test_unpacked_refuses_what_is_said_to_be_gzip_and_is_not(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        unpacked(body, gzipped=True, max_bytes=99)
