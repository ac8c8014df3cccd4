"""A source format for News Streams: NITF, the XML format of news agencies.

References:
    IPTC, News Industry Text Format 3.6: https://iptc.org/standards/nitf/
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from lxml import etree

from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.article import raw_article
from streams.sources.rejection import Rejected


def read_nitf(
    stream: BinaryIO, *, source: str, fetched: datetime
) -> Iterator[RawArticle | Rejected]:
    """Yield an article for every ``nitf`` element of a file, with one element in memory at a time.

    Entities are not resolved, no DTD is loaded and nothing is fetched, so that entity expansion
    ("billion laughs") and external entities have no effect.

    Args:
        stream: XML, one document or several within an element.
        source: Source of articles without ``pubdata``.
        fetched: Time at which the file was read.
    """
    parser = etree.iterparse(
        stream,
        events=("end",),
        tag="{*}nitf",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in parser:
        yield _article(element, source=source, fetched=fetched)
        element.clear(keep_tail=False)
        while element.getprevious() is not None:
            del element.getparent()[0]


def _article(element: Any, *, source: str, fetched: datetime) -> RawArticle | Rejected:
    paragraphs = [_text(part) for part in element.iterfind(".//{*}body.content//{*}p")]
    title = _text(element.find(".//{*}hl1")) or _text(element.find("{*}head/{*}title"))
    text = "\n\n".join(filter(None, paragraphs))
    if not (title or text):
        return Rejected(
            reason=RejectReason.NOT_THIS_RECORD,
            detail="neither hl1, title nor body.content",
            value=etree.tostring(element),
        )
    return raw_article(
        source=_attribute(element, "pubdata", "name") or source,
        fetched=fetched,
        url=_attribute(element, "pubdata", "ex-ref"),
        external_id=_attribute(element, "doc-id", "id-string"),
        published=_time(_attribute(element, "date.issue", "norm")),
        title=title,
        summary=_text(element.find(".//{*}abstract")),
        authors=filter(None, (_text(byline) for byline in element.iterfind(".//{*}byline"))),
        body=text.encode(),
    )


def _text(element: Any) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _attribute(element: Any, tag: str, name: str) -> str:
    child = element.find(f".//{{*}}{tag}")
    return "" if child is None else child.get(name, "")


def _time(text: str) -> str:
    """Return an ISO 8601 time without hyphens, as in NITF, with hyphens; others unchanged."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return text
