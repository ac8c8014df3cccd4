import json
import random
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.evaluate.duplicates_stream import (
    Stream,
    edit_article,
    merges_of,
    read_stream,
    send_again,
)
from streams.records import CleanArticle, article_id
from tests.support.builders import FETCHED

WORDS = [f"word{n}" for n in range(200)]


def text(edits: int = 0) -> str:
    chance = random.Random(edits)  # noqa: S311  # the same edits every time
    places = set(chance.sample(range(len(WORDS)), edits))
    return " ".join("edited" if n in places else word for n, word in enumerate(WORDS))


def article(name: str, words: str) -> CleanArticle:
    return CleanArticle(
        id=article_id(source="x", external_id=name), source="x", fetched=FETCHED, text=words
    )


def sent(*articles: CleanArticle) -> Stream:
    stream = Stream()
    for each in articles:
        stream.send(each)
    return stream


def test_stream_counts_decisions_and_keeps_originals(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    rows = [
        {"id": "1", "title": "One", "text": text(), "published": "2026-03-02T08:00:00Z"},
        {"id": "2", "title": "Two", "text": text(6), "published": 1772442000},
        {"id": "3", "title": "Three", "text": "Something else", "published": None},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    stream = sent(*read_stream(path))

    assert stream.counts == {"new: first_seen": 2, "merged: near": 1}
    assert stream.repeats[0].original.title == "One"


def test_stream_pairs_late_original_with_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    rows = [
        {"id": "1", "title": "Copy", "text": text(), "published": "2026-03-02T08:00:00Z"},
        {"id": "2", "title": "First", "text": text(6), "published": "2026-03-02T07:00:00Z"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    [repeat] = sent(*read_stream(path)).repeats

    assert (repeat.article.title, repeat.original.title) == ("First", "Copy")


def test_read_stream_error_names_line(tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    path.write_text('{"id": "1", "title": "One", "text": ""}\n{"id": "2"}\n')

    with pytest.raises(UsageError, match="line 2"):
        list(read_stream(path))


def test_edited_copy_is_recognized() -> None:
    articles = [article("1", text()), article("2", "Rain fell on Paris.")]

    again = send_again(sent(*articles), articles)

    assert (again.articles, again.texts, again.texts_recognized) == (2, 1, 1)
    assert (again.recognized, again.merged_elsewhere) == (2, 0)


def test_edit_article_keeps_white_space() -> None:
    original = article("1", "  One two\n\nthree four ")

    changed = edit_article(original, random.Random(1), ["x"], share=0.5)  # noqa: S311  # of a test

    assert changed.text.count("x") == 2
    assert (changed.text[:2], changed.text[-1], "\n\n" in changed.text) == ("  ", " ", True)
    assert changed.id != original.id


def test_merges_of_is_repeatable_and_skips_refetches() -> None:
    first, copy = article("1", text()), article("2", text(6))
    stream = sent(first, copy, first)

    [merge] = merges_of(stream.repeats, 10)

    assert merges_of(stream.repeats, 10) == [merge]
    assert (merge["id"], merge["duplicate_of"], merge["method"]) == (copy.id, first.id, "near")
