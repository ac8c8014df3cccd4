"""A body in, its articles out; and of each line that is none what is wrong, field by field."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from streams.outcome import RejectReason
from streams.records import Encoding, RawArticle
from streams.records.topics import MIB
from streams.sources.json_article import ArticleLine, article_from_line
from streams.sources.rejection import Rejected
from streams.text.dates import parse_date

MAX_LINES: Final = 10_000
"""Articles of one request: their answers fit into 1 MB."""

MAX_UNPACKED_BYTES: Final = 64 * MIB
"""Bodies of one request after unpacking: a packed one may be 1,000 times as large as its line."""

MAX_UNKNOWN: Final = 20
"""Unknown fields that are named of one line: an answer is to stay small."""

_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")

_HINT = "; articles on several lines need Content-Type: application/x-ndjson"


class LineProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line is no article.

    Attributes:
        line: Its number in the body, the first is 1.
        field: The field that is wrong; empty if it is the whole line.
        reason: One of the pipeline's reasons: ``not_json``, ``not_this_record``, ``too_large``,
            ``unreadable_body``.
        detail: What is wrong, for people.
    """

    line: int
    field: str
    reason: str
    detail: str


class ReadLine(msgspec.Struct, frozen=True, kw_only=True):
    """An article of a body.

    Attributes:
        line: Its number in the body, the first is 1.
        article: It.
    """

    line: int
    article: RawArticle


def articles_in(
    body: bytes, *, lines: bool, source: str, fetched: datetime
) -> tuple[list[ReadLine], list[LineProblem]]:
    """Read the articles of a body.

    Total: every line that is not blank comes out, as an article or as problems.

    Args:
        body: Unpacked.
        lines: Whether each line is an article; else the whole body is one.
        source: Who delivers those that do not say so.
        fetched: When, for those that do not say so.

    Examples:
        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> body = b'{"title": "Rain"}' + bytes([10, 10]) + b'{"title": 3, "authors": 4}'
        >>> read, problems = articles_in(body, lines=True, source="wire", fetched=now)
        >>> [(one.line, one.article.title) for one in read]
        [(1, 'Rain')]
        >>> [(one.line, one.field) for one in problems]
        [(3, 'title'), (3, 'authors')]
    """
    read: list[ReadLine] = []
    problems: list[LineProblem] = []
    n_unpacked = 0
    for number, line in _numbered(body) if lines else [(1, body)]:
        if len(read) >= MAX_LINES or n_unpacked > MAX_UNPACKED_BYTES:
            detail = (
                f"after {MAX_LINES:,} articles or {MAX_UNPACKED_BYTES:,} bytes of bodies: send "
                "this line and all behind it in another request"
            )
            problems.append(
                LineProblem(
                    line=number, field="", reason=RejectReason.TOO_LARGE.value, detail=detail
                )
            )
            break
        found = article_from_line(line, source=source, fetched=fetched, place="")
        if isinstance(found, Rejected):
            problems += _problems(line, number, found, hint="" if lines else _HINT)
        elif doubts := list(_doubts(line, found)):
            reason = RejectReason.NOT_THIS_RECORD
            problems += [_problem(doubt, number, reason) for doubt in doubts]
        else:
            n_unpacked += _n_unpacked(found)
            read.append(ReadLine(line=number, article=found))
    return read, problems


def _numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _problems(line: bytes, number: int, found: Rejected, *, hint: str) -> list[LineProblem]:
    """Name every field that is wrong; what read the line stops at the first."""
    details = [found.detail.removeprefix(": ")]
    if found.reason is RejectReason.NOT_THIS_RECORD:
        details = list(dict.fromkeys([*details, *_wrong_fields(line), *_unknown_fields(line)]))
    elif found.reason is RejectReason.NOT_JSON and b"\n" in line.strip():
        details = [details[0] + hint]
    return [_problem(detail, number, found.reason) for detail in details]


def _problem(detail: str, number: int, reason: RejectReason) -> LineProblem:
    place = _PLACE.search(detail)
    return LineProblem(
        line=number,
        field=place[1] if place else "",
        reason=reason.value,
        detail=detail[: place.start()] if place else detail,
    )


def _doubts(line: bytes, article: RawArticle) -> Iterator[str]:
    """Name what a file may hold, and a push may not: its sender is there to be told."""
    yield from _unknown_fields(line)
    if article.published and parse_date(article.published) is None:
        yield f"no time that can be read: `{article.published[:100]}` - at `$.published`"


def _unknown_fields(line: bytes) -> Iterator[str]:
    try:
        given = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):  # said before
        return
    known = [field.encode_name for field in msgspec.structs.fields(ArticleLine)]
    for name in [name for name in given if name not in known][:MAX_UNKNOWN]:
        # A grave accent would end the name where the place is read.
        yield f"unknown; known are {', '.join(known)} - at `$.{name[:100].replace('`', chr(39))}`"


def _wrong_fields(line: bytes) -> Iterator[str]:
    """Check each field by itself, and say of the wrong ones what msgspec says."""
    try:
        given: Any = msgspec.json.decode(line)
    except msgspec.DecodeError:  # what was wrong before is found first: `0 x` is no object
        return
    if not isinstance(given, dict):
        return
    for field in msgspec.structs.fields(ArticleLine):
        if field.encode_name in given:
            try:
                msgspec.convert(given[field.encode_name], field.type)
            except msgspec.ValidationError as error:
                text, _, deeper = str(error).partition(" - at `$")
                yield f"{text} - at `$.{field.encode_name}{deeper or '`'}"


def _n_unpacked(article: RawArticle) -> int:
    if article.encoding is Encoding.GZIP:
        # RFC 1952, section 2.3.1: it ends with its size; we have packed it ourselves.
        return int.from_bytes(article.body[-4:], "little")
    return len(article.body)
