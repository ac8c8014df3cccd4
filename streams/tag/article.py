"""Tag an article with the people, organizations and places that it names."""

import lzma
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from streams.outcome import Emit, Outcome
from streams.records.enriched import EnrichedArticle, EntityType, Field, Mention
from streams.records.record import Receipt
from streams.records.unique import UniqueArticle
from streams.tag.additions import AddedEntity
from streams.tag.gazetteer import Gazetteer
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.languages import NAMES, TRAINED, language_support
from streams.tag.link.linker import link_names
from streams.tag.mentions import LinkedName
from streams.tag.names import SAME_LENGTH, fold
from streams.tag.recognize.crf import Recognizer
from streams.tag.recognize.spans import find_spans
from streams.tag.recognize.words import Words
from streams.tag.salience import gather_entities

DATA: Final[Traversable] = resources.files("streams.tag") / "data"
"""Folder of the data files shipped with the package."""

MAX_CHARACTERS: Final = 250_000
"""Characters of a title or text in which names are looked for, by default.

About 45,000 words, more than the longest reports and live blogs of a day. Ordinary text of this
length takes 1.3 s of CPU time and the worst 5 s (2026-12), half of the time limit of a record.
"""

MAX_MENTIONS: Final = 4_000
"""Most mentions of an article, so that a table of 80,000 numbers still fits into a record.

A mention and its entity take up to 500 bytes of a record of 4 MiB."""

_CUT_BACK: Final = 200
"""Characters before the limit in which a space is looked for, so that no name is cut."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """The data and models for tagging, loaded once per process by `load_tagger`.

    Attributes:
        knowledge: Known entities and their names.
        gazetteer: Automaton that finds known names.
        words: Features of words.
        recognizer: The trained model; None to find known names only.
        peoples: Forms of nationalities, religions and political groups.
    """

    knowledge: Knowledge
    gazetteer: Gazetteer
    words: Words
    recognizer: Recognizer | None
    peoples: frozenset[str]


def load_tagger(model: Traversable = DATA, *, trained: bool = True) -> Tagger:
    """Read the data files of the stage.

    `streams.processors.names_model.installed_tagger` chooses the model among those installed.

    Args:
        model: Folder of the trained model; by default that shipped with the package.
        trained: Whether to read the trained model too.
    """
    packed = (model / "names.crf.xz").read_bytes() if trained else None
    # A second thread unpacks the model while this one builds the tables: half of 1.6 s on two
    # cores.
    with ThreadPoolExecutor(max_workers=1) as pool:
        unpacked = pool.submit(lzma.decompress, packed) if packed else None
        knowledge, gazetteer, peoples, words = _read_tables(DATA)
    return Tagger(
        knowledge=knowledge,
        gazetteer=gazetteer,
        words=words,
        recognizer=Recognizer(unpacked.result(), words) if unpacked else None,
        peoples=peoples,
    )


def _read_tables(data: Traversable) -> tuple[Knowledge, Gazetteer, frozenset[str], Words]:
    knowledge = Knowledge.read((data / "knowledge.txt.xz").read_bytes())
    patterns, kinds = knowledge.patterns()
    gazetteer = Gazetteer(patterns, kinds)
    peoples = frozenset(p for p, kind in zip(patterns, kinds, strict=True) if kind == "n")
    del patterns
    first_names = frozenset((data / "first_names.txt").read_text(encoding="utf-8").split())
    words = Words.read((data / "words.txt.xz").read_bytes(), first_names)
    return knowledge, gazetteer, peoples, words


def with_entities(tagger: Tagger, added: Sequence[AddedEntity]) -> Tagger:
    """Return a copy of the tagger with more entities, such as those of ``entities.toml``."""
    bearers: dict[str, tuple[EntityFacts, ...]] = {}
    patterns: dict[str, str] = {}
    for entity in added:
        for name in entity.names:
            bearers[fold(name)] = (*bearers.get(fold(name), ()), entity.facts)
            patterns.setdefault(name.translate(SAME_LENGTH), entity.kind)
    return replace(
        tagger,
        knowledge=tagger.knowledge.with_entities(bearers),
        gazetteer=Gazetteer(list(patterns), "".join(patterns.values()), more=tagger.gazetteer),
    )


def tag_article(
    article: UniqueArticle, tagger: Tagger, *, max_characters: int = MAX_CHARACTERS
) -> Outcome[EnrichedArticle]:
    """Find and link the names in title and text.

    Pure and deterministic; never raises. Takes time in proportion to the length of the texts, up
    to ``max_characters`` (`tests/test_linear_work.py`). Delivery: the stage keeps no state, so a
    redelivered article is tagged the same way.

    Args:
        article: Any article; one without text gets no mentions.
        tagger: From `load_tagger`.
        max_characters: Length up to which title and text are each searched for names.

    Returns:
        The article with its mentions, in order of position and without overlap, the first
        `MAX_MENTIONS` of them, and its entities, the most salient first. The receipt tells what
        was left out.
    """
    texts = {field: _cut(text, max_characters) for field, text in _texts(article).items()}
    found = find_names(texts, article.language.code, tagger)
    names = found[:MAX_MENTIONS]
    mentions = tuple(
        Mention(
            field=name.field,
            start=name.start,
            end=name.end,
            surface=texts[name.field][name.start : name.end],
            type=name.entity.type or EntityType.ORG,
            entity_id=name.entity.id,
            score=name.score,
            method=name.method,
            evidence=name.evidence,
        )
        for name in names
    )
    entities = gather_entities(names)
    support = language_support(article.language.code) if tagger.recognizer else NAMES
    receipt = Receipt(
        stage="tag",
        decision="tagged",
        rule=" ".join(sorted({mention.method for mention in mentions})),
        evidence=f"mentions: {len(mentions)}{_of_all(found)}, entities: {len(entities)}"
        f"{_left_out(article, texts)}; {support}",
    )
    fields = {field: getattr(article, field) for field in UniqueArticle.__struct_fields__}
    fields["receipts"] = (*article.receipts, receipt)
    return Emit(EnrichedArticle(**fields, mentions=mentions, entities=entities))


def find_names(texts: Mapping[Field, str], language: str, tagger: Tagger) -> list[LinkedName]:
    """Find and link the names in title and text, in order and without overlap."""
    recognizer = tagger.recognizer if language in TRAINED else None
    first_names = tagger.words.first_names
    spans = {
        field: find_spans(text, tagger.gazetteer, recognizer, first_names=first_names)
        for field, text in texts.items()
    }
    return link_names(texts, spans, tagger.knowledge)


def _texts(article: UniqueArticle) -> Mapping[Field, str]:
    return {Field.TITLE: article.title, Field.TEXT: article.text}


def _cut(text: str, max_characters: int) -> str:
    """Return the beginning of a text, up to a limit, without a part of a word if possible."""
    if len(text) <= max_characters:
        return text
    last = text[max(0, max_characters - _CUT_BACK) : max_characters + 1]
    word = last.split()[-1] if last and not last[-1].isspace() else ""
    return (
        text[: max_characters + 1 - len(word)] if len(word) < len(last) else text[:max_characters]
    )


def _of_all(found: Sequence[LinkedName]) -> str:
    return f" (the first of {len(found)})" if len(found) > MAX_MENTIONS else ""


def _left_out(article: UniqueArticle, texts: Mapping[Field, str]) -> str:
    """Return which part of a long title or text was searched, for the receipt; empty if all."""
    return "".join(
        f"; searched the first {len(texts[field]):,} of {len(text):,} characters of the {field}"
        for field, text in _texts(article).items()
        if len(texts[field]) < len(text)
    )
