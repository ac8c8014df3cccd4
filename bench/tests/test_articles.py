"""The streams of the benchmark: records are unchanged after writing and reading a file."""

from pathlib import Path

from bench.engines.articles import RawMessage, read_stream, unique_page, write_stream


def test_stream_round_trips(tmp_path: Path) -> None:
    messages = [RawMessage(b"k", b"v" * 70_000), RawMessage(b"", b"\0")]

    write_stream(tmp_path / "stream", messages)

    assert read_stream(tmp_path / "stream") == messages


def test_unique_page_extends_the_first_paragraph() -> None:
    page = b"<p>One.</p><p>Two.</p>"

    assert unique_page(page, "It is the third.") == b"<p>One. It is the third.</p><p>Two.</p>"
