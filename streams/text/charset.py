"""Decode bytes by the best evidence of their character set."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from resiliparse.parse.encoding import detect_encoding

META_PRESCAN_BYTES: Final = 4096
"""Bytes searched for a declaration; the standard says 1,024, but pages declare later."""

MAX_BAD_SHARE: Final = 0.001
"""Largest share of undecodable characters at which a declared character set is accepted.

Calibrated by hand: one broken quotation mark in a page of a thousand characters is an accident;
more mean another character set.
"""

_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_WIDER: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""Labels that mean a larger character set on the web: WHATWG Encoding Standard, section 4.2."""

_NO_CHARSETS: Final = frozenset(
    (
        "undefined",
        "idna",
        "punycode",
        "unicode-escape",
        "raw-unicode-escape",
        "utf-7",
        "mbcs",
        "oem",
    )
)
"""Python codecs that no page uses; some of them raise even with an error handler."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text and how it was decoded.

    Attributes:
        text: The text; undecodable bytes as U+FFFD.
        charset: Python's name of the character set.
        source: Evidence for the character set: ``bom``, ``http``, ``meta``, ``utf-8`` or
            ``detected``.
    """

    text: str
    charset: str
    source: str


def decode_text(body: bytes, *, http_charset: str = "") -> DecodedText:
    """Decode bytes by the best evidence: BOM, HTTP, meta, UTF-8, detection.

    Never raises. Bytes beyond ASCII that are valid UTF-8 are decoded as UTF-8 even where a
    header or meta element names a single-byte set: they are not valid UTF-8 by chance.

    Args:
        body: The page or text.
        http_charset: Character set that the server declared; empty if it declared none.

    References:
        WHATWG HTML, section 13.2.3 (determining the character encoding);
        resiliparse's ``detect_encoding`` (uchardet) as the last resort.

    Examples:
        >>> decode_text("naïve".encode("latin-1"), http_charset="ISO-8859-1").text
        'naïve'
        >>> decode_text("naïve".encode(), http_charset="ISO-8859-1").charset
        'utf-8'
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(charset, "replace")
            return DecodedText(text, charset, "bom")
    declared = [("http", _codec(http_charset)), ("meta", _codec(_declared_within(body)))]
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, [pair for pair in declared if pair[1]])
    if "\x1b$" in text and any(codec.startswith("iso2022") for _, codec in declared):
        return _decode_legacy(body, declared)
    source = next((source for source, codec in declared if codec == "utf-8"), "utf-8")
    return DecodedText(text, "utf-8", source)


def _decode_legacy(body: bytes, declared: list[tuple[str, str]]) -> DecodedText:
    """Try the declared sets, then UTF-8 with a few bad bytes, then the detected set."""
    for source, codec in (*declared, ("utf-8", "utf-8")):
        text = body.decode(codec, "replace") if codec else ""
        if text and text.count("\ufffd") <= len(text) * MAX_BAD_SHARE:
            return DecodedText(text, codec, source)
    codec = _codec(detect_encoding(body) or "") or "utf-8"
    return DecodedText(body.decode(codec, "replace"), codec, "detected")


def _declared_within(body: bytes) -> str:
    head = body[:META_PRESCAN_BYTES]
    match = _META.search(head) or _XML.match(head)
    if match is None:
        return ""
    label = match[1].decode("ascii")
    # The declaration was readable as ASCII, so the page cannot be in UTF-16.
    return "utf-8" if label.lower().startswith(("utf-16", "utf-32")) else label


def _codec(label: str) -> str:
    """Return the name of Python's text codec for a label; empty if there is none."""
    try:
        codec = codecs.lookup(label.strip().strip("\"'").lower())
    except (LookupError, ValueError):
        return ""
    if not codec._is_text_encoding:  # noqa: SLF001 - the only way to tell text from base64, zip
        return ""
    if codec.name in _NO_CHARSETS:
        return ""
    return _WIDER.get(codec.name, codec.name)
