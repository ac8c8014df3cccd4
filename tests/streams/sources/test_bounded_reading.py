import gzip
import hashlib
import io
import lzma
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.bounded_reading import (
    CHUNK_BYTES,
    KEPT_BYTES,
    UNPACKING_ERRORS,
    Meter,
    Oversized,
    body_within,
    file_digest,
    lines_within,
    unpacked,
)

PACKERS = {".gz": gzip.compress, ".xz": partial(lzma.compress, preset=0), "": bytes}


@pytest.mark.parametrize("suffix", PACKERS)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_unpacked_is_inverse_of_compression(
    suffix: str, parts: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("packed") / f"file{suffix}"
    path.write_bytes(b"".join(PACKERS[suffix](part) for part in parts))

    with unpacked(path) as stream:
        assert stream.read() == b"".join(parts)


def test_unpacked_xz_reads_more_than_one_chunk(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096
    path = tmp_path / "file.xz"
    path.write_bytes(lzma.compress(data) + b"\0" * 8)

    with unpacked(path) as stream:
        assert stream.read() == data


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
@pytest.mark.parametrize("damage", ["cut off", "garbage"])
def test_unpacked_raises_for_corrupt_file(suffix: str, damage: str, tmp_path: Path) -> None:
    path = tmp_path / f"file{suffix}"
    packed = PACKERS[suffix](bytes(range(256)) * 64)
    path.write_bytes({"cut off": packed[: len(packed) // 2], "garbage": b"no such thing"}[damage])

    with pytest.raises(UNPACKING_ERRORS), unpacked(path) as stream:
        stream.read()


def test_unpacked_limits_memory_of_xz(tmp_path: Path) -> None:
    path = tmp_path / "file.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 29}]
    path.write_bytes(lzma.compress(b"small", filters=filters))

    with pytest.raises(lzma.LZMAError, match=r"[Mm]emory"), unpacked(path) as stream:
        stream.read()


def test_unpacked_counts_bytes_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(b"a" * 100_000, mtime=0))
    meter = Meter()

    with unpacked(path, meter) as stream:
        stream.read()

    assert meter.n_bytes == path.stat().st_size


@given(st.binary(max_size=20), st.integers(0, 20))
def test_body_within_returns_body_up_to_limit(body: bytes, limit: int) -> None:
    read = body_within(io.BytesIO(body), max_bytes=limit)

    assert read == (body if len(body) <= limit else None)


@given(st.lists(st.text("abc", max_size=8)), st.integers(1, 8))
def test_lines_within_replaces_long_lines(lines: list[str], limit: int) -> None:
    encoded = [f"{line}\n".encode() for line in lines]

    read = list(lines_within(io.BytesIO(b"".join(encoded)), max_bytes=limit))

    assert read == [
        line
        if len(line) <= limit
        else Oversized(len(line), hashlib.sha256(line).hexdigest(), line[: limit + 1])
        for line in encoded
    ]


def test_lines_within_keeps_start_of_long_line() -> None:
    long = b"x" * (3 * KEPT_BYTES) + b"\n"

    [oversized, after] = lines_within(io.BytesIO(long + b"next\n"), max_bytes=2 * KEPT_BYTES)

    assert oversized == Oversized(len(long), hashlib.sha256(long).hexdigest(), b"x" * KEPT_BYTES)
    assert after == b"next\n"


def test_lines_within_gives_up_at_skip_limit() -> None:
    stream = io.BytesIO(b"x" * (10 * CHUNK_BYTES) + b"\nnext\n")

    [oversized] = lines_within(stream, max_bytes=10, max_skipped_bytes=CHUNK_BYTES)

    assert isinstance(oversized, Oversized)
    assert oversized.given_up
    assert oversized.n_bytes < 3 * CHUNK_BYTES


def test_file_digest_of_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(b"as it lies")

    assert file_digest(path) == (10, hashlib.sha256(b"as it lies").hexdigest())
