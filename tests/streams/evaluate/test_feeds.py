from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.evaluate.feeds import differences, evaluate_feeds, rows, summary

RSS = "<rss><channel><item><title>Rain</title><link>{}</link></item></channel></rss>"


def test_summary_counts_files_errors_and_agreement(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.xml").write_text(RSS.format("https://news.test/a"))
    (tmp_path / "b.rss").write_text("nothing")
    (tmp_path / "c.json").write_text('{"items": [{"id": "1", "content_text": ""}]}')
    (tmp_path / "notes.txt").write_text("no feed")

    readings = evaluate_feeds(tmp_path)

    report = summary(readings)
    assert (report["files"], report["errors"]) == (3, 1)
    assert (report["same_entry_count"], report["same_fields"]) == (2, 2)
    assert report["differ"] == {"c.json": ["entries: 1, feedparser 0"]}
    assert b'"file":"below/a.xml"' in rows(readings)


def test_differences_name_the_entry_and_the_field(tmp_path: Path) -> None:
    body = "<rss><channel><item><title>x</title><pubDate>{}</pubDate></item></channel></rss>"
    (tmp_path / "a.xml").write_text(body.format("mer, 16 nov 2022 00:38:15 +0100"))

    (reading,) = evaluate_feeds(tmp_path)

    assert list(differences(reading)) == [
        "entry 1, date: '2022-11-15T23:38:15+00:00', feedparser ''"
    ]


def test_evaluate_feeds_refuses_a_folder_without_feeds(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file ends in"):
        evaluate_feeds(tmp_path)
