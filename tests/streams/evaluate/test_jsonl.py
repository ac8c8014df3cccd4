import gzip
import lzma
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.evaluate.jsonl import json_rows

LINES = b'{"a": 1}\n\n{"a": 2}\n'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.jsonl", LINES),
        ("x.jsonl.gz", gzip.compress(LINES, mtime=0)),
        ("x.jsonl.xz", lzma.compress(LINES)),
    ],
)
def test_json_rows_reads_packed_files(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    assert list(json_rows(path)) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("line", [b"{", b"[1]"])
def test_json_rows_error_names_line(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(LINES + line)

    with pytest.raises(UsageError, match="line 4"):
        list(json_rows(path))
