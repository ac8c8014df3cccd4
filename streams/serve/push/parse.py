"""Parse the articles of a body, and report the problems of each invalid line by field."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from streams.clean.readable import refusal_of
from streams.outcome import Drop, Reject, RejectReason
from streams.records import Encoding, RawArticle
from streams.records.topics import MIB
from streams.serve.push.claims import claims_words_of_others
from streams.sources.json_article import ArticleLine, article_from_line
from streams.sources.rejection import Rejected
from streams.text.dates import parse_date

MAX_LINES: Final = 10_000
"""Maximum articles of one request: the response fits into 1 MB."""

MAX_UNPACKED_BYTES: Final = 64 * MIB
"""Unpacked bodies of one request: a packed one may be 1,000 times as large as its line."""

MAX_UNKNOWN: Final = 20
"""Maximum unknown fields reported per line, to keep the response small."""

_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")

_HINT = "; articles on several lines need Content-Type: application/x-ndjson"


class LineProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line is not an article.

    Attributes:
        line: Number of the line in the body, from 1.
        field: The invalid field; empty if the whole line is invalid.
        reason: One of the pipeline's reasons: ``not_json``, ``not_this_record``, ``too_large``,
            ``unreadable_body``, ``unusable_url``, ``empty_article``.
        detail: Description for people.
    """

    line: int
    field: str
    reason: str
    detail: str


class ReadLine(msgspec.Struct, frozen=True, kw_only=True):
    """An article of a body.

    Attributes:
        line: Number of the line in the body, from 1.
        article: The article.
    """

    line: int
    article: RawArticle


def parse_articles(
    body: bytes,
    *,
    lines: bool,
    source: str,
    fetched: datetime,
    speaks_for: Collection[str] = ("*",),
    max_page_bytes: int = MAX_UNPACKED_BYTES,
) -> tuple[list[ReadLine], list[LineProblem]]:
    """Parse the articles of a body.

    Total: every line that is not blank yields an article or problems.

    Args:
        body: The unpacked body.
        lines: Whether each line is an article; otherwise the whole body is one.
        source: Source of articles that name none.
        fetched: Time of fetching of articles that name none.
        speaks_for: Domains whose publishers the sender may speak for, or ``*`` for all; what it
            sends of others is marked as its claim.
        max_page_bytes: Largest body that ``clean`` reads.

    Examples:
        >>> from datetime import UTC
        >>> now = datetime(2026, 3, 2, tzinfo=UTC)
        >>> body = b'{"title": "Rain"}' + bytes([10, 10]) + b'{"title": 3, "authors": 4}'
        >>> read, problems = parse_articles(body, lines=True, source="wire", fetched=now)
        >>> [(line.line, line.article.title) for line in read]
        [(1, 'Rain')]
        >>> [(problem.line, problem.field) for problem in problems]
        [(3, 'title'), (3, 'authors')]
    """
    read: list[ReadLine] = []
    problems: list[LineProblem] = []
    n_unpacked = 0
    for number, line in _numbered(body) if lines else [(1, body)]:
        if len(read) >= MAX_LINES or n_unpacked > MAX_UNPACKED_BYTES:
            detail = (
                f"more than {MAX_LINES:,} articles or {MAX_UNPACKED_BYTES:,} bytes of bodies: send "
                "this line and all later lines in another request"
            )
            problems.append(
                LineProblem(
                    line=number, field="", reason=RejectReason.TOO_LARGE.value, detail=detail
                )
            )
            break
        parsed = article_from_line(line, source=source, fetched=fetched, place="")
        if isinstance(parsed, Rejected):
            problems += _problems(line, number, parsed, hint="" if lines else _HINT)
        elif details := list(_strict_problems(line, parsed)):
            reason = RejectReason.NOT_THIS_RECORD
            problems += [_problem(detail, number, reason) for detail in details]
        else:
            n_unpacked += _n_unpacked(parsed)
            if refusal := refusal_of(parsed, max_page_bytes=max_page_bytes):
                problems.append(_refused(refusal, number))
                continue
            if claims_words_of_others(parsed, sender=source, speaks_for=speaks_for):
                parsed = msgspec.structs.replace(parsed, claimed_by=source, announced_by="")
            read.append(ReadLine(line=number, article=parsed))
    return read, problems


def _numbered(body: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(body.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _problems(line: bytes, number: int, rejected: Rejected, *, hint: str) -> list[LineProblem]:
    """Return a problem for every invalid field; the parser of the line stops at the first."""
    details = [rejected.detail.removeprefix(": ")]
    if rejected.reason is RejectReason.NOT_THIS_RECORD:
        details = list(dict.fromkeys([*details, *_invalid_fields(line), *_unknown_fields(line)]))
    elif rejected.reason is RejectReason.NOT_JSON and b"\n" in line.strip():
        details = [details[0] + hint]
    return [_problem(detail, number, rejected.reason) for detail in details]


def _problem(detail: str, number: int, reason: RejectReason) -> LineProblem:
    place = _PLACE.search(detail)
    return LineProblem(
        line=number,
        field=place[1] if place else "",
        reason=reason.value,
        detail=detail[: place.start()] if place else detail,
    )


def _refused(refusal: Reject | Drop, number: int) -> LineProblem:
    """Return the problem of an article that ``clean`` would reject or drop."""
    is_url = refusal.reason is RejectReason.UNUSABLE_URL
    return LineProblem(
        line=number,
        field="url" if is_url else "",
        reason=refusal.reason.value,
        detail=refusal.detail if isinstance(refusal, Reject) else refusal.evidence,
    )


def _strict_problems(line: bytes, article: RawArticle) -> Iterator[str]:
    """Yield problems that a file may have and a push may not: its sender can correct them."""
    yield from _unknown_fields(line)
    if article.published and parse_date(article.published) is None:
        yield f"not a valid time: `{article.published[:100]}` - at `$.published`"


def _unknown_fields(line: bytes) -> Iterator[str]:
    try:
        given = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # already reported
        return
    known = [field.encode_name for field in msgspec.structs.fields(ArticleLine)]
    for name in [name for name in given if name not in known][:MAX_UNKNOWN]:
        # A grave accent would end the name when the field is parsed from this text.
        field = name[:100].replace("`", "'")
        yield f"unknown field; expected {', '.join(known)} - at `$.{field}`"


def _invalid_fields(line: bytes) -> Iterator[str]:
    """Check each field by itself, and yield msgspec's message for each invalid one."""
    try:
        given: Any = msgspec.json.decode(line)
    # msgspec may report a field before it reports invalid JSON or UTF-8, or what is nested deeply.
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
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
        # RFC 1952, section 2.3.1: gzip ends with the size. This process has packed it.
        return int.from_bytes(article.body[-4:], "little")
    return len(article.body)
