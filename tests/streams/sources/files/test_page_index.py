from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.sources.files.page_index import PageIndexEntry, read_index


def test_read_index_returns_url_and_time(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text(
        "\ufefffetched,file,url,note\n"
        '2026-03-01T08:00:00,a.html,"https://news.test/a,b",\n'
        "2026-03-01T08:00:00+02:00,./sub/b.html,https://news.test/b,x\n"
        ",c.html,,\n"
    )

    assert read_index(tmp_path) == {
        "a.html": PageIndexEntry(
            url="https://news.test/a,b", fetched=datetime(2026, 3, 1, 8, tzinfo=UTC)
        ),
        "sub/b.html": PageIndexEntry(
            url="https://news.test/b", fetched=datetime(2026, 3, 1, 6, tzinfo=UTC)
        ),
        "c.html": PageIndexEntry(),
    }


def test_read_index_without_file_is_empty(tmp_path: Path) -> None:
    assert read_index(tmp_path) == {}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "its first line must be"),
        (b"name;address\n", "its first line must be"),
        (b"file,url,fetched\na.html,https://news.test/a,yesterday\n", "index.csv:2: fetched"),
        (b"file,url\n\xff\xfe\n", "cannot be read"),
    ],
)
def test_read_index_error_names_file(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_bytes(data)

    with pytest.raises(UsageError, match=r"index\.csv") as error:
        read_index(tmp_path)

    assert message in str(error.value)
