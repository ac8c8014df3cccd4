"""Floors for names and links on pinned sets; a commit that lowers one gives the reason."""

import hashlib
from pathlib import Path

import pytest

from streams.evaluate.conll import read_conll
from streams.evaluate.entities import evaluate_entities
from streams.evaluate.links import evaluate_links, read_benchmark
from streams.tag.article import Tagger, load_tagger
from tests.conftest import SHARE_ALIKE_MODEL
from tests.support.unknown_people import unknown_people, wrongly_linked

pytestmark = pytest.mark.slow

NAMES = (
    "corpora/ner/pud_news.conll",
    "2e177021ef38114a396bbbb492300e83186bef26290062198a9bd4230186890d",
)
LINKS = (
    "evals/links/news-fair.benchmark.jsonl",
    "c719c92cdbd6e1cc608198d2047d22c04acd2fd97b85f7ef2e6edbb6e35a0974",
)


def pinned(shared: Path, path: str, digest: str) -> bytes:
    data = (shared / path).read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest, f"{path} is another file: set new floors"
    return data


def test_names_in_news_reach_floors(shared: Path, tagger: Tagger) -> None:
    text = pinned(shared, *NAMES).decode()

    scores, _ = evaluate_entities(read_conll(text), tagger)

    found = {name: score["f1"] for name, score in scores.items()}
    assert found["all"] >= 0.76
    assert found["PER"] >= 0.86
    assert found["ORG"] >= 0.64
    assert found["LOC"] >= 0.71
    assert found["raw"] >= 0.74


def test_names_in_news_reach_floors_with_the_model_of_the_wheel(shared: Path) -> None:
    text = pinned(shared, *NAMES).decode()

    scores, _ = evaluate_entities(read_conll(text), load_tagger())

    found = {name: score["f1"] for name, score in scores.items()}
    assert found["all"] >= 0.72
    assert found["PER"] >= 0.83
    assert found["ORG"] >= 0.62
    assert found["LOC"] >= 0.68
    assert found["raw"] >= 0.71


def test_links_in_news_reach_floors(shared: Path, tagger: Tagger) -> None:
    scores, _ = evaluate_links(read_benchmark(pinned(shared, *LINKS)), tagger)

    # The target for coverage is .45; the allowed sources and the built-in names reach .441.
    assert scores["named_f1"] >= 0.45
    assert scores["named_precision"] >= 0.69
    assert scores["coverage"] >= 0.44
    assert scores["covered_accuracy"] >= 0.92


def test_unknown_people_are_rarely_linked(shared: Path, tagger: Tagger) -> None:
    files = sorted((shared / "corpora" / "ner").glob("*.conll"))
    sentences = (s for file in files for s in read_conll(file.read_text(encoding="utf-8")))
    names = unknown_people(sentences, tagger.knowledge, 500)

    wrong = wrongly_linked(names, tagger)

    assert len(names) == 500
    assert len(wrong) <= 3, wrong


def test_data_files_stay_within_size() -> None:
    folder = Path(__file__).parents[2] / "streams" / "tag" / "data"

    assert sum(path.stat().st_size for path in folder.iterdir()) < 10_000_000
    assert (SHARE_ALIKE_MODEL / "names.crf.xz").stat().st_size < 9_000_000
