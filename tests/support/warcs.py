"""WARC files written by tests with warcio, as crawlers write them."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGE = b"<html><body><article><p>It rained all day in Oslo, page %d.</p></article></body></html>"


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    def _create_temp_file(self) -> io.BytesIO:
        """warcio's own is never closed."""
        return io.BytesIO()


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One record: by default a page under status 200."""

    url: str = "https://news.test/a/rain-in-oslo"
    body: bytes = PAGE % 0
    kind: str = "response"
    status: str = "200 OK"
    http: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    warc: dict[str, str] = field(default_factory=lambda: {"WARC-Date": "2026-03-01T08:00:00Z"})
    content_type: str | None = None


def pages(*numbers: int) -> list[Capture]:
    """Captures of pages with URLs of their own."""
    return [
        Capture(url=f"https://news.test/a/rain-in-oslo-{number}", body=PAGE % number)
        for number in numbers
    ]


def write_warc(path: Path, captures: Iterable[Capture], *, append: bool = False) -> Path:
    """Write records, a member of gzip for each where the name ends in ``.gz``."""
    with path.open("ab" if append else "wb") as stream:
        writer = _Writer(stream, gzip=path.suffix == ".gz")
        for one in captures:
            http = one.kind in {"response", "revisit", "request"}
            protocol = "" if one.kind == "request" else "HTTP/1.1"
            headers = StatusAndHeaders(one.status, list(one.http.items()), protocol=protocol)
            record = writer.create_warc_record(
                one.url,
                one.kind,
                payload=io.BytesIO(one.body),
                http_headers=headers if http else None,
                warc_headers_dict=dict(one.warc),
                warc_content_type=one.content_type or "",
            )
            writer.write_record(record)
    return path
