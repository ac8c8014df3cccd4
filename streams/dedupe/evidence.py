"""Collect what speaks for and against a copy, as figures from 0 to 1.

The model in `streams.dedupe.model` weighs them. What costs little comes first, so that most
candidates need no alignment.
"""

from dataclasses import dataclass
from datetime import datetime
from math import log1p
from typing import Final

from streams.dedupe.alignment import align
from streams.dedupe.another_report import (
    has_converted_numbers,
    is_another_report,
    shared_share,
)
from streams.dedupe.features import shared_hashes
from streams.dedupe.fingerprint import NAME_MARKS, NUMBER_MARKS, Fingerprint
from streams.dedupe.headline import differ_in_name, headlines_of, tell_other_stories
from streams.dedupe.likeness import Likeness
from streams.dedupe.sketch import Sketch
from streams.dedupe.template import LEAST_FACTS, facts_of, has_case, has_other_facts, name_words
from streams.records import Memory

LONG_PASSAGE: Final = 300
"""Length in words of a passage of each text's own from which on shared sentences count nothing: a
whole article. Cross-validated by set, leaving this out costs .03 of F1 on webis-web; 2026-12-01."""

_SENTENCE_HASH_BYTES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedText:
    """How much text a pair shares: what can be said without laying both texts side by side.

    Attributes:
        similarity: `streams.dedupe.likeness.Likeness.similarity`.
        sentences: Share of the words of the shorter text in whole sentences that both texts have.
            Menus and other lines around an article have no sentences.
    """

    similarity: float
    sentences: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(SharedText):
    """What speaks for and against a copy: figures from 0 to 1, and signs.

    A text that was cut or continued shares its sentences, and at most one side has a passage of its
    own; stories that share a passage have one each. Therefore ``sentences`` is less here, by the
    logarithm of the passage that each text has for itself.

    Attributes:
        own_passages: The longest passage that only one text has, of both texts the smaller one, as
            a share of the shorter text.
        numbers_and_names: Share of the numbers that differ, times that of the names.
        facts_in_places: How far the texts differ in numbers and names at the same places only.
        signs: Names of the signs that the texts are two reports; each decides alone.
    """

    own_passages: float
    numbers_and_names: float
    facts_in_places: float
    signs: tuple[str, ...] = ()


def shared_text(
    article: Fingerprint, known: Memory, like: Likeness, *, repeated: frozenset[bytes] = frozenset()
) -> SharedText:
    """Return how much text an article shares with a remembered one.

    Args:
        article: Fingerprint of the article.
        known: The remembered article.
        like: Likeness of both.
        repeated: Hashes of sentences that do not count, see `streams.dedupe.boilerplate`.
    """
    hashes = known.sentence_hashes
    step = _SENTENCE_HASH_BYTES
    others = {hashes[at : at + step] for at in range(0, len(hashes), step)} - repeated
    shared = sum(words for digest, words in article.prose.items() if digest in others)
    sentences = min(1.0, shared / max(1, min(len(article.words), known.words)))
    return SharedText(similarity=like.similarity, sentences=sentences)


def evidence_of(
    article: Fingerprint, known: Memory, like: Likeness, text: SharedText, *, time: datetime
) -> Evidence:
    """Return all that speaks for and against a copy.

    Args:
        article: Fingerprint of the article.
        known: The remembered article.
        like: Likeness of both.
        text: `shared_text` of both.
        time: Event time of the article.
    """
    sketch = Sketch.from_bytes(known.signature)
    alignment = align(article.shingles, sketch)
    facts = facts_of(article, alignment)
    is_converted = has_converted_numbers(article, known, facts)
    numbers, names = (
        1 - shared_share(shared_hashes(mine, others, size=size))
        for mine, others, size in (
            (article.number_marks, known.number_marks, NUMBER_MARKS),
            (article.name_marks, known.name_marks, NAME_MARKS),
        )
    )
    if is_converted:
        numbers = 0.0
    headlines = headlines_of(article, known, alignment)
    called = name_words(article) if has_case(article) else frozenset()
    places = min(1.0, facts.fact_slots / LEAST_FACTS) * facts.fact_slots / max(1, facts.slots)
    own = min(alignment.own, alignment.known_own)
    in_places = facts.numbers / max(1, facts.numbers + facts.kept_numbers)
    in_places *= facts.names / max(1, facts.names + facts.kept_names)
    signs = {
        "another_report": is_another_report(
            article, known, time=time, like=like, is_converted=is_converted
        ),
        "template": not is_converted and has_other_facts(article, known, facts),
        "headline_name": differ_in_name(headlines, called),
        "headline_story": tell_other_stories(headlines, alignment),
    }
    return Evidence(
        similarity=text.similarity,
        sentences=text.sentences * (1 - min(1.0, log1p(own) / log1p(LONG_PASSAGE))),
        own_passages=min(1.0, own / max(1, min(len(article.words), known.words))),
        numbers_and_names=numbers * names,
        facts_in_places=0.0 if is_converted else places * in_places,
        signs=tuple(name for name, is_there in signs.items() if is_there),
    )
