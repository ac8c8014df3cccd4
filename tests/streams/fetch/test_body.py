import gzip
import zlib
from functools import partial
from itertools import pairwise

import brotli
import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.fetch.body import MAX_RATIO, BodyError, BoundedBody
from streams.text.gunzip import MAX_MEMBERS

PACKERS = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}

# At the best level, two of the compressors take seconds for large data.
QUICK_PACKERS = {
    "gzip": partial(gzip.compress, compresslevel=1),
    "deflate": partial(zlib.compress, level=1),
    "br": partial(brotli.compress, quality=1),
}


def decompress(encoding: str, *chunks: bytes, max_bytes: int = 10_000_000) -> bytes:
    body = BoundedBody(encoding, max_bytes=max_bytes)
    for chunk in chunks:
        body.feed(chunk)
    return body.finish()


@given(st.sampled_from(sorted(PACKERS)), st.binary(max_size=2000), st.lists(st.integers(0, 2000)))
def test_bounded_body_is_inverse_of_compression(
    encoding: str, body: bytes, cuts: list[int]
) -> None:
    packed = PACKERS[encoding](body)
    bounds = [0, *sorted(min(cut, len(packed)) for cut in cuts), len(packed)]
    chunks = [packed[a:b] for a, b in pairwise(bounds)]

    assert decompress(encoding, *chunks) == body


@pytest.mark.parametrize("wbits", [zlib.MAX_WBITS, -zlib.MAX_WBITS], ids=["zlib", "raw"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_deflate_is_recognized_from_small_chunks(wbits: int, size: int) -> None:
    packed = zlib.compress(b"Rain", wbits=wbits)

    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]

    assert decompress("deflate", *chunks) == b"Rain"


def test_deflate_of_one_byte_is_truncated() -> None:
    with pytest.raises(BodyError, match="truncated"):
        decompress("deflate", b"x")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_bounded_body_stops_at_limit(encoding: str) -> None:
    packed = QUICK_PACKERS[encoding](bytes(50_000_000))

    with pytest.raises(BodyError, match="decompress"):
        decompress(encoding, packed, max_bytes=40_000_000)


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_bounded_body_accepts_largest_size(encoding: str) -> None:
    body = bytes(range(256)) * 100

    assert decompress(encoding, PACKERS[encoding](body), max_bytes=25_600) == body
    with pytest.raises(BodyError, match="25599"):
        decompress(encoding, PACKERS[encoding](body), max_bytes=25_599)


def test_bounded_body_accepts_repetitive_page() -> None:
    body = b"<td></td>" * 100_000

    assert len(body) > MAX_RATIO * len(gzip.compress(body, mtime=0))
    assert decompress("gzip", gzip.compress(body, mtime=0)) == body


def test_bounded_body_limits_gzip_members() -> None:
    assert decompress("gzip", gzip.compress(b"x", mtime=0) * MAX_MEMBERS) == b"x" * MAX_MEMBERS
    with pytest.raises(BodyError, match="members"):
        decompress("gzip", gzip.compress(b"x", mtime=0) * (MAX_MEMBERS + 1))


def test_bounded_body_refuses_unknown_encoding() -> None:
    with pytest.raises(BodyError, match="compress"):
        decompress("compress", b"\x1f\x9d\x90" + bytes(100))


def zstd(body: bytes) -> bytes:
    return bytes(cramjam.zstd.compress(body))


FEED = b'<?xml version="1.0"?><rss><channel><title>Rain in Oslo</title></channel></rss>'
UNEXPECTED = {
    "packed without a header": ("", gzip.compress(FEED)),
    "packed twice, declared once": ("gzip", gzip.compress(gzip.compress(FEED))),
    "packed twice without a header": ("", gzip.compress(gzip.compress(FEED))),
    "declared and plain": ("gzip", FEED),
    "declared as brotli and plain": ("br", FEED),
    "declared as deflate and plain": ("deflate", b"\xef\xbb\xbf" + FEED),
    "declared as zstd and plain": ("zstd", FEED),
    "charset as coding": ("UTF-8", FEED),
    "no coding": ("none", FEED),
    "charset as coding, packed": ("utf-8", gzip.compress(FEED)),
    "capitals": (" GZIP", gzip.compress(FEED)),
    "other coding": ("gzip", zstd(FEED)),
    "zstd": ("zstd", zstd(FEED)),
    "zstd without a header": ("", zstd(FEED)),
    "list": ("gzip, br", brotli.compress(gzip.compress(FEED))),
    "list with zstd": ("zstd,gzip", gzip.compress(zstd(FEED))),
    "list, one undone": ("gzip, br", gzip.compress(FEED)),
    "list, both undone": ("br, gzip", FEED),
}


@pytest.mark.parametrize(("encoding", "packed"), UNEXPECTED.values(), ids=UNEXPECTED)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_bounded_body_reads_what_is_packed_unexpectedly(
    encoding: str, packed: bytes, size: int
) -> None:
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]

    assert decompress(encoding, *chunks).removeprefix(b"\xef\xbb\xbf") == FEED


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(gzip.compress(bytes(50_000_000), 1)),
        # Empty blocks of deflate: hundreds of megabytes without content.
        gzip.compress(b"\x1f\x8b\x08" + bytes(7) + b"\x00\x00\x00\xff\xff" * 10_000_000, 1),
        zstd(bytes(50_000_000)),
    ],
    ids=["gzip in gzip", "without content", "zstd"],
)
def test_bounded_body_stops_undeclared_bomb(packed: bytes) -> None:
    with pytest.raises(BodyError, match="decompress"):
        decompress("", packed, max_bytes=8_000_000)


def test_bounded_body_refuses_long_list_of_codings() -> None:
    with pytest.raises(BodyError, match="not supported"):
        BoundedBody(",".join(["gzip"] * 9), max_bytes=1)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_bounded_body_keeps_start(encoding: str) -> None:
    body = BoundedBody(encoding, max_bytes=1000, keeps_start=True)
    text = bytes(range(32, 127)) * 100

    body.feed(PACKERS[encoding](text))

    assert body.finish() == text[:1000]
    assert body.is_full
