"""Score the tag stage on texts with linked names (format of ELEVANT)."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import orjson

from streams.records.enriched import Field
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span, without_overlap
from streams.tag.link.linker import link_names
from streams.tag.recognize.spans import find_spans

_UNNAMED_TYPES = {"QUANTITY", "DATETIME"}
_PRONOUNS = frozenset(
    [
        "i",
        "he",
        "she",
        "it",
        "we",
        "they",
        "you",
        "his",
        "her",
        "its",
        "my",
        "our",
        "your",
        "their",
        "him",
        "us",
        "them",
        "me",
        "who",
        "that",
        "this",
    ]
)


@dataclass(frozen=True, slots=True)
class Label:
    """A span of a text and its Wikidata id; labels of one group are alternatives."""

    start: int
    end: int
    id: str
    group: int


@dataclass(frozen=True, slots=True)
class LinkedText:
    """A text with its labels; only the part from ``start`` to ``end`` was labeled."""

    id: str
    text: str
    start: int
    end: int
    labels: tuple[Label, ...]


def read_benchmark(data: bytes) -> Iterable[LinkedText]:
    """Read a benchmark file of ELEVANT: one JSON object per line.

    Keeps the labels inside the evaluation span that are names: with an id
    of Wikidata, not in lower case, no pronoun, no quantity or time.

    References:
        ad-freiburg/elevant, docs/benchmark_format.md. Parent and child labels
        are nested alternatives of one mention.
    """
    for line in data.splitlines():
        if line.strip():
            row = orjson.loads(line)
            start, end = row.get("evaluation_span", (0, len(row["text"])))
            labels = tuple(_labels(row, start, end))
            yield LinkedText(str(row["id"]), row["text"], start, end, labels)


def _labels(row: dict[str, Any], start: int, end: int) -> Iterable[Label]:
    for label in row["labels"]:
        first, last = label["span"]
        surface = row["text"][first:last]
        named = (
            label["entity_id"].startswith("Q")
            and not surface.islower()
            and surface.lower() not in _PRONOUNS
            and label.get("type") not in _UNNAMED_TYPES
        )
        if named and start <= first and last <= end:
            parent = label.get("parent")
            yield Label(first, last, label["entity_id"], label["id"] if parent is None else parent)


@dataclass
class LinkCounts:
    """Counts over all texts.

    Attributes:
        found: Links found without given spans.
        right: Label groups among them.
        labels: Label groups.
        covered: Label groups with an id in the knowledge base.
        given_right: Label groups linked correctly with given spans.
        covered_right: Those of ``covered`` among them.
    """

    found: int = 0
    right: int = 0
    labels: int = 0
    covered: int = 0
    given_right: int = 0
    covered_right: int = 0


def evaluate_links(
    texts: Iterable[LinkedText], tagger: Tagger
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Score the linker.

    Returns:
        The scores, then the links found in each text. ``named_f1``: micro F1 of (span, id)
        over ids of Wikidata, with the stage's own spans; ``given_span_accuracy``: share of
        labels linked correctly with given spans; ``coverage``: share of labels whose
        id is in the knowledge base; ``covered_accuracy``: the accuracy over those.
    """
    tally = LinkCounts()
    saved = []
    known_ids = tagger.knowledge.ids()
    for text in texts:
        links = _own_links(text, tagger)
        saved.append({"id": text.id, "links": [list(link) for link in sorted(links)]})
        groups = {label.group for label in text.labels}
        hits = {label.group for label in text.labels if (label.start, label.end, label.id) in links}
        tally.labels += len(groups)
        tally.right += len(hits)
        tally.found += len(links)
        _count_given(text, tagger, known_ids, tally)
    precision = tally.right / tally.found if tally.found else 0.0
    recall = tally.right / tally.labels if tally.labels else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    n_labels = max(tally.labels, 1)
    scores = {
        "named_f1": f1,
        "named_precision": precision,
        "named_recall": recall,
        "given_span_accuracy": tally.given_right / n_labels,
        "coverage": tally.covered / n_labels,
        "covered_accuracy": tally.covered_right / max(tally.covered, 1),
        "labels": float(tally.labels),
    }
    return {name: round(score, 4) for name, score in scores.items()}, saved


def _own_links(text: LinkedText, tagger: Tagger) -> set[tuple[int, int, str]]:
    """Return the links of the stage's own spans inside the evaluation span."""
    spans = find_spans(text.text, tagger.gazetteer, tagger.recognizer)
    names = link_names({Field.TEXT: text.text}, {Field.TEXT: spans}, tagger.knowledge)
    return {
        (name.start, name.end, name.entity.id)
        for name in names
        if name.entity.id.startswith("Q") and text.start <= name.start and name.end <= text.end
    }


def _count_given(
    text: LinkedText, tagger: Tagger, known_ids: AbstractSet[str], tally: LinkCounts
) -> None:
    """Link the spans of the labels, among the stage's own spans around them.

    Nested labels are alternatives: the outer ones are linked first, then the
    inner ones, and a mention is correct if one of its labels is.
    """
    own = find_spans(text.text, tagger.gazetteer, tagger.recognizer)
    kinds = {(span.start, span.end): span.kind for span in own}
    spans = [Span(a.start, a.end, kinds.get((a.start, a.end), "u")) for a in text.labels]
    outer = without_overlap(spans)
    links = _links(text, outer, own, tagger)
    inner = without_overlap([span for span in spans if span not in outer])
    links |= _links(text, inner, own, tagger) if inner else set()
    right: dict[int, bool] = {}
    covered: dict[int, bool] = {}
    for label in text.labels:
        is_right = (label.start, label.end, label.id) in links
        right[label.group] = right.get(label.group, False) or is_right
        is_covered = label.id in known_ids
        covered[label.group] = covered.get(label.group, False) or is_covered
    tally.given_right += sum(right.values())
    tally.covered += sum(covered.values())
    tally.covered_right += sum(right[group] for group in right if covered[group])


def _links(
    text: LinkedText, given: list[Span], own: list[Span], tagger: Tagger
) -> set[tuple[int, int, str]]:
    around = [s for s in own if not any(g.start < s.end and s.start < g.end for g in given)]
    spans = {Field.TEXT: sorted([*given, *around])}
    names = link_names({Field.TEXT: text.text}, spans, tagger.knowledge)
    return {(name.start, name.end, name.entity.id) for name in names}
