"""The streams of the benchmark: records that come back from their file as they were."""

from pathlib import Path

from bench.engines.articles import RawMessage, read_stream, unique_page, write_stream


def test_stream_comes_back_from_its_file(tmp_path: Path) -> None:
    messages = [RawMessage(b"k", b"v" * 70_000), RawMessage(b"", b"\0")]

    write_stream(tmp_path / "stream", messages)

    assert read_stream(tmp_path / "stream") == messages


def test_unique_page_puts_the_sentence_into_the_first_paragraph() -> None:
    page = b"<p>One.</p><p>Two.</p>"

    assert unique_page(page, "It is the third.") == b"<p>One. It is the third.</p><p>Two.</p>"
