from streams.evaluate.entities import SpanCounts, evaluate_entities, joined
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span


def test_scores_count_exact_spans_of_the_right_type() -> None:
    counts = SpanCounts()
    counts.add({Span(0, 1, "PER"), Span(2, 3, "LOC")}, {Span(0, 1, "PER"), Span(2, 4, "LOC")})

    assert counts.scores() == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert counts.scores("LOC")["f1"] == 0.0


def test_joined_prints_normal_sentence() -> None:
    words = ["“", "Rome", "’s", "Jean", "-", "Luc", "(", "50", "%", ")", "left", ".", "”"]

    text, starts = joined(words)

    assert text == "“Rome’s Jean-Luc (50%) left.”"
    assert [text[at] for at in starts] == [word[0] for word in words]


def test_evaluate_entities_returns_scores_and_tags(tagger: Tagger) -> None:
    words = ["Antony", "Blinken", "left", "Kyiv", "."]
    tags = ["B-PER", "I-PER", "O", "B-GPE", "O"]

    scores, saved = evaluate_entities([(words, tags)], tagger)

    assert {name: score["f1"] for name, score in scores.items()} == {
        "all": 1.0, "PER": 1.0, "ORG": 0.0, "LOC": 1.0, "raw": 1.0,
    }  # fmt: skip
    assert saved == [list(zip(words, ["B-PER", "I-PER", "O", "B-LOC", "O"], strict=True))]
