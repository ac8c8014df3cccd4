import orjson

from streams.evaluate.links import evaluate_links, read_benchmark
from streams.tag.article import Tagger

TEXT = "Antony Blinken and the mayor met in Kyiv, Ukraine, said he."


def benchmark() -> bytes:
    labels = [
        {"id": 0, "span": [0, 14], "entity_id": "Q7821917", "type": "Q215627"},
        {"id": 1, "span": [23, 28], "entity_id": "Q30185", "type": "OTHER"},
        {"id": 2, "span": [36, 49], "entity_id": "Q999999999", "type": "OTHER", "children": [3]},
        {"id": 3, "span": [36, 40], "entity_id": "Q1899", "type": "OTHER", "parent": 2},
        {"id": 4, "span": [56, 58], "entity_id": "<NIL>", "type": "OTHER"},
    ]
    row = {"id": 7, "text": TEXT, "evaluation_span": [0, len(TEXT)], "labels": labels}
    return orjson.dumps(row) + b"\n"


def test_read_benchmark_keeps_named_labels_and_groups() -> None:
    [text] = read_benchmark(benchmark())

    assert [(label.start, label.group) for label in text.labels] == [(0, 0), (36, 2), (36, 2)]


def test_evaluate_links_counts_alternatives_once(tagger: Tagger) -> None:
    scores, saved = evaluate_links(read_benchmark(benchmark()), tagger)

    assert scores["given_span_accuracy"] == scores["covered_accuracy"] == scores["coverage"] == 1.0
    assert (scores["named_recall"], scores["named_precision"]) == (1.0, 0.6667)
    assert saved[0]["id"] == "7"
