"""Rewrite XML that is not well-formed: balance its tags and normalize its text."""

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML does not allow (XML 1.0, section 2.2)."""

MAX_DEPTH: Final = 200
"""Deepest element that is kept; libxml2 stops at 256, feeds with XHTML reach about 20."""

VOID: Final = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "param", "wbr"))
"""Elements of HTML without an end tag (WHATWG HTML, section 13.1.2), but those whose names feeds
use too (link, source, base, meta, track)."""

ENTRIES: Final = frozenset(("item", "entry"))

LEAVES: Final = frozenset(
    (
        "title", "link", "guid", "id", "pubdate", "published", "updated", "issued", "modified",
        "created", "lastbuilddate", "category", "comments", "generator", "language",
        "copyright", "docs", "ttl", "managingeditor", "webmaster", "rights", "dc:creator",
        "dc:date", "dc:subject", "dc:title", "dc:identifier", "media:title", "itunes:author",
        "itunes:duration", "loc", "lastmod", "news:title", "news:publication_date",
    )
)  # fmt: skip
"""Elements of RSS, Atom and sitemaps that have text but no elements of a feed."""

TEXTS: Final = frozenset(
    ("description", "summary", "content", "content:encoded", "subtitle", "tagline",
     "itunes:summary", "media:description")
)  # fmt: skip
"""Elements that have text, or markup of HTML that is not escaped."""

PEOPLE: Final = frozenset(("author", "contributor"))
PERSON_PARTS: Final = frozenset(("name", "uri", "url", "email", "homepage"))

_CLOSABLE: Final = LEAVES | TEXTS | PEOPLE
_NEVER_INSIDE: Final = LEAVES | TEXTS | PEOPLE | ENTRIES | {"enclosure"}
"""Elements that begin no part of a leaf, text or person: their start tag is its missing end."""

_HTML_TOO: Final = frozenset(("summary", "content"))
"""Of these, names that HTML uses within an article."""

_NAME = r"[^\W\d][\w.:-]*+"
_QUOTED = r"\"[^\"<]*+\"|'[^'<]*+'|\"[^\"\n]{0,500}+\"(?=[\s/>])|'[^'\n]{0,500}+'(?=[\s/>])"
_TAG = re.compile(
    rf"<(?:(?P<start>{_NAME})(?=[\s/>\"'<])(?:(?P<attributes>(?:[^<>\"']|{_QUOTED})*+)>|(?P<rest>[^<>]*+)>)"
    rf"|/\s*+(?P<end>{_NAME})[^<>]*+>?"
    r"|!(?P<cdata>\[CDATA\[)|!(?P<comment>--)|[!?][^<>]*+>)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"([^\W\d][\w.:-]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++)))?"
)
_REFERENCE = re.compile(r"&(?!#(?:38|60|62);)(?:#[xX][0-9a-fA-F]{1,8}|#\d{1,8}|[A-Za-z]\w{1,31});")
_LONE_AMPERSAND = re.compile(r"&(?!#\d{1,8};|[A-Za-z]\w{1,31};|#[xX][0-9a-fA-F]{1,8};)")
_SECTION_REST = re.compile(r"\]{1,2}>?\s*\Z")
_ENTRY_TAG = re.compile(r"</?(?:\w{1,20}:)?(?:item|entry)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BalancedXml:
    """A rewritten document.

    Attributes:
        text: Document in which every element is closed, and every reference is numeric.
        ends: Whether the root's end tag was found. If not, the document was cut off, and the entry
            that it ended in is left out.
    """

    text: str
    ends: bool


def balance_xml(text: str) -> BalancedXml:
    """Rewrite a document so that libxml2 reads all of it.

    After one error, libxml2's recovery mode drops all references to named entities, ``&lt;`` too,
    and lets an end tag close whatever is open. So the tags are balanced here as a reader of the
    feed would: an end tag closes the element that it names, one that names nothing open is dropped,
    an element that cannot contain the next one ends before it, and an entry ends at the next entry.
    CDATA sections become text, and a section without an end ends with its element. Linear in the
    size of the text.

    Examples:
        >>> balance_xml("<rss><item><title>Tom <b>& Jerry</title>x<br></item></rss>").text
        '<rss><item><title>Tom <b>&#38; Jerry</b></title>x<br/></item></rss>'
        >>> balance_xml("<rss><item>1</item><item>2")
        BalancedXml(text='<rss><item>1</item></rss>', ends=False)
    """
    return _Balancing(ILLEGAL.sub("", text)).balanced()


class _Balancing:
    """The state of one pass over a document.

    Args:
        text: The document, without illegal characters.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._out: list[str] = []
        self._open: list[str] = []
        self._lower: list[str] = []
        self._n_open: dict[str, int] = {}
        self._closable: list[int] = []  # depths of open leaves, texts and people
        self._entries = ENTRIES
        self._entry_depth = 0
        self._entry_start = 0
        self._ends = False
        self._next_section = _NextMatch(text, re.compile(r"<!\[CDATA\["))
        self._next_section_end = _NextMatch(text, re.compile(r"\]\]>"))
        self._next_comment_end = _NextMatch(text, re.compile(r"-->"))
        self._next_entry_tag = _NextMatch(text, _ENTRY_TAG)

    def balanced(self) -> BalancedXml:
        text, out, at = self._text, self._out, 0
        search = _TAG.search
        while match := search(text, at):
            start = match.start()
            if start > at:
                out.append(normalized_text(text[at:start]))
            at = match.end()
            if name := match["start"]:
                attributes = match["attributes"]
                self._start(name, match["rest"] if attributes is None else attributes)
            elif name := match["end"]:
                self._end(name.lower())
            elif match["cdata"]:
                at = self._section(at)
            elif match["comment"]:
                # A comment without an end would swallow the rest of the document.
                end = self._next_comment_end.end(at)
                at = at if self._next_comment_end.start(at) == end else end
        if at < len(text):
            out.append(normalized_text(text[at:]))
        if self._entry_depth and not self._ends:
            del out[self._entry_start :]
            del self._open[self._entry_depth :]
        out.extend(f"</{name}>" for name in reversed(self._open))
        return BalancedXml("".join(out), self._ends)

    def _start(self, name: str, attributes: str) -> None:
        lower = name.lower()
        if not self._open and lower == "urlset":
            self._entries = frozenset(("url",))
        self._close_before(lower)
        if len(self._open) >= MAX_DEPTH:
            return
        is_empty = attributes.endswith("/") or lower in VOID
        if self._entry_depth == 0 and lower in self._entries and self._open and not is_empty:
            self._entry_depth, self._entry_start = len(self._open), len(self._out)
        written = _normalized_attributes(attributes) if attributes else ""
        if is_empty:
            self._out.append(f"<{name}{written}/>")
            return
        self._out.append(f"<{name}{written}>")
        if lower in _CLOSABLE and self._open:
            self._closable.append(len(self._open))
        self._open.append(name)
        self._lower.append(lower)
        self._n_open[lower] = self._n_open.get(lower, 0) + 1

    def _close_before(self, lower: str) -> None:
        """Close what cannot contain an element with this name."""
        if lower in self._entries and self._entry_depth:
            self._close(self._entry_depth)
        if lower in _NEVER_INSIDE:
            while self._closable and _cannot_contain(self._lower[self._closable[-1]], lower):
                self._close(self._closable[-1])

    def _end(self, lower: str) -> None:
        if not self._n_open.get(lower):
            return
        depth = len(self._lower) - 1
        while self._lower[depth] != lower:
            depth -= 1
        if depth == 0:
            # Closed at the end of the text, because entries may follow.
            self._close(1)
            self._ends = True
        else:
            self._close(depth)

    def _close(self, depth: int) -> None:
        """Close the open elements from a depth on."""
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()}>")
            self._n_open[self._lower.pop()] -= 1
        while self._closable and self._closable[-1] >= depth:
            self._closable.pop()
        if depth <= self._entry_depth:
            self._entry_depth = 0

    def _section(self, start: int) -> int:
        """Write a CDATA section as text; return where it ends.

        If there is no end, or another section begins before it, the section ends with its element
        or at least with its entry.
        """
        end, stop = self._next_section_end.start(start), self._next_section_end.end(start)
        limit = min(end, self._next_section.start(start))
        if limit < end or end == stop:
            close = self._text.find(f"</{self._open[-1]}", start, limit) if self._open else -1
            boundary = close if close >= 0 else self._next_entry_tag.start(start)
            if boundary < limit:
                self._out.append(_escaped(_SECTION_REST.sub("", self._text[start:boundary])))
                return boundary
        self._out.append(_escaped(self._text[start:end].replace("<![CDATA[", "")))
        return stop


def _cannot_contain(outer: str, inner: str) -> bool:
    """Return whether a feed's leaf, text or person ends before an element with another name."""
    if outer in TEXTS:
        return inner not in _HTML_TOO
    return outer in LEAVES or inner not in PERSON_PARTS


class _NextMatch:
    """The next match of a pattern at or after a position that only grows; linear in total."""

    def __init__(self, text: str, pattern: re.Pattern[str]) -> None:
        self._text = text
        self._pattern = pattern
        self._start = -1
        self._end = -1

    def start(self, at: int) -> int:
        """Return where the next match starts; the length of the text if there is none."""
        if self._start < at:
            match = self._pattern.search(self._text, at)
            self._start, self._end = match.span() if match else (len(self._text),) * 2
        return self._start

    def end(self, at: int) -> int:
        """Return where the next match ends; the length of the text if there is none."""
        self.start(at)
        return self._end


def normalized_text(text: str) -> str:
    """Return text between tags with its references as numbers or characters.

    Examples:
        >>> normalized_text("caf&eacute; &amp; 3 < 4 & &foo;")
        'café &#38; 3 &#60; 4 &#38; &#38;foo;'
    """
    if "&" in text:
        text = _LONE_AMPERSAND.sub("&#38;", text)
        text = text.replace("&amp;", "&#38;").replace("&lt;", "&#60;").replace("&gt;", "&#62;")
        text = _REFERENCE.sub(_numeric, text)
    if "<" in text:
        text = text.replace("<", "&#60;")
    # The end of a section that did not begin, which text must not contain.
    return text.replace("]]>", "") if "]]>" in text else text


def _numeric(match: re.Match[str]) -> str:
    return _numeric_reference(match[0])


@lru_cache(maxsize=4096)
def _numeric_reference(reference: str) -> str:
    return _escaped(ILLEGAL.sub("", html.unescape(reference)))


def _escaped(text: str) -> str:
    return text.replace("&", "&#38;").replace("<", "&#60;").replace(">", "&#62;")


def _normalized_attributes(attributes: str) -> str:
    """Return attributes in double quotes, the first of each name."""
    written: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attributes):
        written.setdefault(name, double or single or bare.removesuffix("/"))
    return "".join(
        f' {name}="{normalized_text(value).replace(chr(34), "&#34;")}"'
        for name, value in written.items()
    )
