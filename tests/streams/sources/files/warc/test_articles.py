import gzip
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.outcome import RejectReason
from streams.records import HttpInfo, RawArticle
from streams.records.topics import MIB
from streams.sources.article import unpacked_body
from streams.sources.bounded_reading import MAX_BODY_BYTES, Meter
from streams.sources.files.files import pieces_of_file
from streams.sources.files.piece import START, Piece, Position
from streams.sources.rejection import Rejected
from tests.support.warcs import PAGE, Capture, pages, write_warc

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = ["crawl.warc", "crawl.warc.gz"]


def read(path: Path, start: Position = START) -> list[Piece]:
    return list(pieces_of_file(path, now=lambda: NOW, start=start))


def read_traced(path: Path) -> tuple[list[Piece], int]:
    """Read a file; return the pieces and the peak of memory in bytes."""
    tracemalloc.start()
    pieces = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return pieces, peak


def labels(pieces: list[Piece]) -> list[str]:
    """Return number, reason or kind of each piece."""
    return [
        piece.item.url.rpartition("-")[2]
        if isinstance(piece.item, RawArticle)
        else piece.item.reason.value
        if isinstance(piece.item, Rejected)
        else piece.passed_over
        for piece in pieces
    ]


def only_article(path: Path) -> RawArticle:
    [piece] = read(path)
    assert isinstance(piece.item, RawArticle), piece
    return piece.item


def only_problem(path: Path) -> Rejected:
    [piece] = read(path)
    assert isinstance(piece.item, Rejected), piece
    return piece.item


@pytest.mark.parametrize("name", NAMES)
def test_warc_page_has_headers_and_date(name: str, tmp_path: Path) -> None:
    headers = {
        "Content-Type": 'text/html; charset="ISO-8859-1"',
        "ETag": '"7"',
        "Last-Modified": "Sun, 01 Mar 2026 07:00:00 GMT",
    }
    path = write_warc(tmp_path / name, [Capture(http=headers)])

    article = only_article(path)

    assert (article.url, article.body) == ("https://news.test/a/rain-in-oslo", PAGE % 0)
    assert (article.content_type, article.charset) == ("text/html", "ISO-8859-1")
    assert article.fetched == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert article.source == "crawl"
    assert article.http == HttpInfo(
        status=200, etag='"7"', last_modified="Sun, 01 Mar 2026 07:00:00 GMT"
    )


PASSED_OVER = [
    (Capture(kind="warcinfo", content_type="application/warc-fields"), "warcinfo"),
    (Capture(kind="request", status="GET / HTTP/1.1", body=b""), "request"),
    (Capture(kind="metadata"), "metadata"),
    (Capture(kind="revisit", body=b""), "revisit"),
    (Capture(kind="conversion", content_type="text/plain"), "conversion"),
    (Capture(status="301 Moved Permanently"), "other_status"),
    (Capture(status="404 Not Found"), "other_status"),
    (Capture(status="206 Partial Content"), "other_status"),
    (Capture(status="what"), "other_status"),
    (Capture(http={"Content-Type": "image/png"}), "not_html"),
    (Capture(http={"Content-Type": "application/pdf"}), "not_html"),
    (Capture(http={}, body=b"\x89PNG"), "not_html"),
    (Capture(body=b" \n"), "empty"),
    (Capture(url="dns:news.test", kind="resource", content_type="text/dns"), "not_http"),
    (Capture(kind="resource", content_type="image/png"), "not_html"),
]


@pytest.mark.parametrize(("capture", "why"), PASSED_OVER, ids=[str(n) for n in range(15)])
def test_warc_other_records_are_passed_over(capture: Capture, why: str, tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc.gz", [capture, *pages(1)])

    assert labels(read(path)) == [why, "1"]


def test_warc_page_without_type_is_detected(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "crawl.warc", [Capture(http={})])

    assert only_article(path).content_type == "text/html"


def test_warc_resource_is_page(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc", [Capture(kind="resource", content_type="text/html")])

    assert only_article(path).http is None


BODY = PAGE % 7
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n"
PACKED = [
    ({"Content-Encoding": "gzip"}, gzip.compress(BODY, mtime=0)),
    ({"Content-Encoding": "deflate"}, zlib.compress(BODY)),
    ({"Content-Encoding": "deflate"}, zlib.compress(BODY, wbits=-15)),
    ({"Content-Encoding": "br"}, brotli.compress(BODY)),
    ({"Content-Encoding": "gzip"}, BODY),  # decompressed by the crawler, with the original header
    ({"Transfer-Encoding": "chunked"}, CHUNKED % (len(BODY), BODY)),
    ({"Transfer-Encoding": "chunked"}, BODY),  # the same
    (
        {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"},
        CHUNKED % (len(gzip.compress(BODY, mtime=0)), gzip.compress(BODY, mtime=0)),
    ),
]


@pytest.mark.parametrize(("headers", "block"), PACKED, ids=[str(n) for n in range(len(PACKED))])
def test_warc_body_is_decoded(headers: dict[str, str], block: bytes, tmp_path: Path) -> None:
    headers = {"Content-Type": "text/html", **headers}
    path = write_warc(tmp_path / "a.warc", [Capture(http=headers, body=block)])

    assert only_article(path).body == BODY


BOMB = b"\0" * 40_000_000
BAD_BODIES = [
    ("gzip", gzip.compress(BOMB, mtime=0), "decompress"),
    ("deflate", zlib.compress(BOMB), "decompress"),
    ("br", brotli.compress(BOMB, quality=5), "decompress"),
    ("gzip", b"\x1f\x8b\x08 neither", "corrupt gzip"),
    ("zstd", b"(\xb5/\xfd", "corrupt zstd"),
    ("compress", b"\x1f\x9d\x90", "is not supported"),
]


@pytest.mark.parametrize(("encoding", "block", "why"), BAD_BODIES, ids=[e[0] for e in BAD_BODIES])
def test_warc_invalid_body_is_rejected(
    encoding: str, block: bytes, why: str, tmp_path: Path
) -> None:
    headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
    bad = Capture(http=headers, body=block)
    path = write_warc(tmp_path / "a.warc.gz", [bad, *pages(1)])

    pieces, peak = read_traced(path)

    assert labels(pieces) == ["unreadable_body", "1"]
    assert isinstance(pieces[0].item, Rejected)
    assert why in pieces[0].item.detail
    assert f"{path}:1: {bad.url}" in pieces[0].item.detail
    assert peak < 48 * MIB


@pytest.mark.parametrize("name", NAMES)
def test_warc_large_page_is_rejected_with_digest(name: str, tmp_path: Path) -> None:
    large = Capture(body=b"<p>" + bytes(MAX_BODY_BYTES + 2 * MIB))
    path = write_warc(tmp_path / name, [large, *pages(1)])

    pieces, peak = read_traced(path)

    assert labels(pieces) == ["too_large", "1"]
    assert isinstance(pieces[0].item, Rejected)
    assert "sha256" in pieces[0].item.detail
    assert pieces[0].item.value.startswith(b"<p>")
    assert peak < 4 * MIB


def test_warc_large_other_record_is_skipped(tmp_path: Path) -> None:
    film = Capture(http={"Content-Type": "video/mp4"}, body=bytes(30 * MIB))
    path = write_warc(tmp_path / "a.warc", [film, *pages(1)])

    pieces, peak = read_traced(path)

    assert labels(pieces) == ["not_html", "1"]
    assert peak < 4 * MIB


def test_warc_bomb_ends_file(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    write_warc(path, pages(1))
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 900000000\r\n\r\n"
    with path.open("ab") as stream, gzip.open(stream, "wb", compresslevel=1) as packed:
        packed.write(head)
        packed.writelines([bytes(MIB)] * 300)

    pieces, peak = read_traced(path)

    assert labels(pieces) == ["1", "too_large"]
    assert peak < 4 * MIB


def record(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"WARC/1.0", *lines, b"", body, b"", b""])


BROKEN = [
    b"what is this\r\nit is nothing\r\n\r\n",
    record(b"WARC-Type: response"),
    record(b"WARC-Type: response", b"Content-Length: many"),
    record(b"WARC-Type: response", b"Content-Length: -5", body=b"12345"),
    record(b"X: " + b"y" * 100_000, b"Content-Length: 0"),
    record(*[b"X: " + b"y" * 60_000] * 30, b"Content-Length: 0"),
    record(b"WARC-Type: response", b"WARC-Target-URI: http://a/", b"Content-Length: 2", body=b"ab"),
]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("garbage", BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_warc_continues_after_corrupt_record(
    garbage: bytes, *, packed: bool, tmp_path: Path
) -> None:
    path = write_warc(tmp_path / ("a.warc.gz" if packed else "a.warc"), pages(1))
    with path.open("ab") as stream:
        stream.write(gzip.compress(garbage, mtime=0) if packed else garbage)
    write_warc(path, pages(2), append=True)

    kinds = labels(read(path))

    assert (kinds[0], kinds[-1]) == ("1", "2")
    assert set(kinds[1:-1]) <= {"unreadable_body", "unknown", "empty", "other_status"}
    assert kinds[1:-1]


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_warc_truncated_file_resumes_at_last_record(share: float, tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc.gz", pages(*range(10)))
    data = path.read_bytes()
    cut = int(len(data) * share)
    cut += (
        data[cut : cut + 2] == b"\x1f\x8b"
    )  # not between two records, where nothing would be missing
    path.write_bytes(data[:cut])

    *before, last = read(path)

    assert labels(before) == [str(n) for n in range(len(before))]
    assert isinstance(last.item, Rejected)
    assert last.item.reason is RejectReason.UNREADABLE_BODY
    assert "cannot be read to its end" in last.item.detail
    # When the file is complete, reading resumes after the last complete record.
    path.write_bytes(data)
    assert labels(read(path, last.position)) == [str(n) for n in range(len(before), 10)]


def test_warc_growing_file_resumes(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc", pages(1, 2))
    data = path.read_bytes()
    path.write_bytes(data[:-80])

    one, problem = read(path)
    path.write_bytes(data)

    assert labels([one, problem]) == ["1", "unreadable_body"]
    assert labels(read(path, problem.position)) == ["2"]


def test_warc_single_gzip_member_resumes(tmp_path: Path) -> None:
    plain = write_warc(tmp_path / "a.warc", pages(1, 2, 3))
    path = tmp_path / "b.warc.gz"
    path.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))

    pieces = read(path)

    assert labels(pieces) == ["1", "2", "3"]
    assert labels(read(path, pieces[0].position)) == ["2", "3"]


def test_warc_zeros_at_end_are_ignored(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc.gz", pages(1))
    path.write_bytes(path.read_bytes() + bytes(100_000))

    assert labels(read(path)) == ["1"]


@pytest.mark.parametrize("name", NAMES)
def test_warc_empty_file_has_no_pieces(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"")

    assert read(tmp_path / name) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(["page", "image", "revisit"]), min_size=1, max_size=8),
    name=st.sampled_from(NAMES),
    stop=st.integers(0, 7),
)
def test_warc_resumes_at_any_position(
    kinds: list[str], name: str, stop: int, tmp_path: Path
) -> None:
    captures = {
        "page": Capture(),
        "image": Capture(http={"Content-Type": "image/png"}, body=bytes(range(256)) * 300),
        "revisit": Capture(kind="revisit", body=b""),
    }
    path = write_warc(tmp_path / name, [captures[kind] for kind in kinds])

    pieces = read(path)
    cut = stop % len(pieces)

    assert read(path, pieces[cut].position) == pieces[cut + 1 :]


def test_warc_meter_counts_bytes_on_disk(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc.gz", pages(1, 2))
    meter = Meter()

    list(pieces_of_file(path, meter=meter))

    assert meter.n_bytes == path.stat().st_size


def test_warc_large_body_is_compressed(tmp_path: Path) -> None:
    body = PAGE % 1 + b" " * 200_000
    path = write_warc(tmp_path / "a.warc", [Capture(body=body)])

    article = only_article(path)

    assert unpacked_body(article.body, article.encoding) == body
