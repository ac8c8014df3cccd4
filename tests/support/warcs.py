"""Write WARC files with warcio, as crawlers do."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

PAGE = b"<html><body><article><p>It rained all day in Oslo, page %d.</p></article></body></html>"


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    def _create_temp_file(self) -> io.BytesIO:
        """Return a buffer, because warcio never closes its temporary file."""
        return io.BytesIO()


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A record; by default, a page with status 200."""

    url: str = "https://news.test/a/rain-in-oslo"
    body: bytes = PAGE % 0
    kind: str = "response"
    status: str = "200 OK"
    http: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    warc: dict[str, str] = field(default_factory=lambda: {"WARC-Date": "2026-03-01T08:00:00Z"})
    content_type: str | None = None


def pages(*numbers: int) -> list[Capture]:
    """Return captures of pages with different URLs."""
    return [
        Capture(url=f"https://news.test/a/rain-in-oslo-{number}", body=PAGE % number)
        for number in numbers
    ]


def write_warc(path: Path, captures: Iterable[Capture], *, append: bool = False) -> Path:
    """Write records, with a gzip member for each if the name ends in ``.gz``."""
    with path.open("ab" if append else "wb") as stream:
        writer = _Writer(stream, gzip=path.suffix == ".gz")
        for capture in captures:
            http = capture.kind in {"response", "revisit", "request"}
            protocol = "" if capture.kind == "request" else "HTTP/1.1"
            headers = StatusAndHeaders(
                capture.status, list(capture.http.items()), protocol=protocol
            )
            record = writer.create_warc_record(
                capture.url,
                capture.kind,
                payload=io.BytesIO(capture.body),
                http_headers=headers if http else None,
                warc_headers_dict=dict(capture.warc),
                warc_content_type=capture.content_type or "",
            )
            writer.write_record(record)
    return path
