"""Score the tag stage on labeled sentences, by exact span and type of the names."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from streams.evaluate.conll import Sentence, tagged_spans
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span
from streams.tag.recognize.spans import find_spans
from streams.tag.recognize.tokens import Token, tokens

TYPES = {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC"}
"""Label type to scored type; labels of other types are ignored."""

_KINDS = {"p": "PER", "o": "ORG", "g": "LOC", "l": "LOC"}
_NO_SPACE_BEFORE = frozenset(
    [".", ",", ";", ":", "!", "?", ")", "]", "}", "%", "”", "’s", "'s", "n't"]
)
_NO_SPACE_AFTER = frozenset(["(", "[", "{", "$", "£", "€", "“", "#"])


@dataclass
class SpanCounts:
    """Right, wrong and missed spans of each type."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def add(self, gold: set[Span], found: set[Span]) -> None:
        """Count one sentence."""
        self.right.update(span.kind for span in gold & found)
        self.wrong.update(span.kind for span in found - gold)
        self.missed.update(span.kind for span in gold - found)

    def scores(self, kind: str | None = None) -> dict[str, float]:
        """Return precision, recall and F1 of one type, or of all."""
        right, wrong, missed = (
            sum(counts.values()) if kind is None else counts[kind]
            for counts in (self.right, self.wrong, self.missed)
        )
        precision = right / (right + wrong) if right + wrong else 0.0
        recall = right / (right + missed) if right + missed else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(f1, 4),
        }


def evaluate_entities(
    sentences: Iterable[Sentence], tagger: Tagger
) -> tuple[dict[str, dict[str, float]], list[list[tuple[str, str]]]]:
    """Score the tagger on labeled sentences.

    Args:
        sentences: Tokens and their BIO tags.
        tagger: From `streams.tag.article.load_tagger`.

    Returns:
        Scores over people, organizations and places together (``all``), of each
        type, and over all from raw text (``raw``: the tokens are joined to a
        sentence and split again); then each sentence's tokens with our tags.
    """
    tokenized, raw = SpanCounts(), SpanCounts()
    saved = []
    for words, tags in sentences:
        gold = {
            Span(span.start, span.end, TYPES[span.kind])
            for span in tagged_spans(tags)
            if span.kind in TYPES
        }
        found = found_in_tokens(words, tagger)
        tokenized.add(gold, found)
        raw.add(*_raw(words, gold, tagger))
        saved.append(list(zip(words, bio(len(words), found), strict=True)))
    scores = {"all": tokenized.scores()}
    scores |= {kind: tokenized.scores(kind) for kind in ("PER", "ORG", "LOC")}
    return scores | {"raw": raw.scores()}, saved


def found_in_tokens(words: Sequence[str], tagger: Tagger) -> set[Span]:
    """Find the names in given tokens; spans count tokens."""
    text = " ".join(words)
    cut: list[Token] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    for index, word in enumerate(words):
        cut += [Token(t.text, at + t.start, at + t.end) for t in tokens(word)]
        starts[at] = index
        ends[at + len(word)] = index + 1
        at += len(word) + 1
    if not cut:
        return set()
    spans = find_spans(text, tagger.gazetteer, tagger.recognizer, [cut])
    return {
        Span(starts[span.start], ends[span.end], _KINDS[span.kind])
        for span in spans
        if span.kind in _KINDS and span.start in starts and span.end in ends
    }


def _raw(words: Sequence[str], gold: set[Span], tagger: Tagger) -> tuple[set[Span], set[Span]]:
    """Return gold and found spans in characters of the joined sentence."""
    text, starts = joined(words)
    placed = {
        Span(starts[s.start], starts[s.end - 1] + len(words[s.end - 1]), s.kind) for s in gold
    }
    spans = find_spans(text, tagger.gazetteer, tagger.recognizer)
    found = {Span(s.start, s.end, _KINDS[s.kind]) for s in spans if s.kind in _KINDS}
    return placed, found


def joined(words: Sequence[str]) -> tuple[str, list[int]]:
    """Join tokens to a sentence.

    Returns:
        The sentence and the position at which each token starts.

    Examples:
        >>> joined(["Rome", "'s", "mayor", "(", "left", ")", "."])[0]
        "Rome's mayor (left)."
    """
    text = ""
    starts = []
    for index, word in enumerate(words):
        glued = (
            index == 0
            or word in _NO_SPACE_BEFORE
            or words[index - 1] in _NO_SPACE_AFTER
            or "-" in (word, words[index - 1])
        )
        text += "" if glued else " "
        starts.append(len(text))
        text += word
    return text, starts


def bio(length: int, spans: Iterable[Span]) -> list[str]:
    """Return a BIO tag for each token.

    Examples:
        >>> bio(3, [Span(0, 2, "PER")])
        ['B-PER', 'I-PER', 'O']
    """
    tags = ["O"] * length
    for span in spans:
        for index in range(span.start, span.end):
            tags[index] = f"{'B' if index == span.start else 'I'}-{span.kind}"
    return tags
