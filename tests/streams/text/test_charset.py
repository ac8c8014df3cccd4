"""Decoding of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.text.charset import decode_text

RUSSIAN = "Министры встретились в Женеве и говорили о безопасности в Европе. " * 20


@given(st.binary(), st.text())
def test_decode_text_accepts_any_bytes(body: bytes, charset: str) -> None:
    assert isinstance(decode_text(body, http_charset=charset).text, str)


@given(st.text())
def test_decode_text_inverts_utf_8(text: str) -> None:
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
def test_decode_text_follows_best_evidence(
    body: bytes, http: str, text: str | None, charset: str, source: str
) -> None:
    found = decode_text(body, http_charset=http)

    assert found.source == source
    assert found.charset == (charset or found.charset)
    assert found.text == (text or found.text)
