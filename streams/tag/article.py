"""The tag stage: which people, organizations and places an article names."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from schemas.enriched import EnrichedArticle, EntityType, Field, Mention
from schemas.record import Receipt
from schemas.unique import UniqueArticle
from streams.outcome import Emit, Outcome
from streams.tag.gazetteer import Gazetteer, Span
from streams.tag.knowledge import Knowledge
from streams.tag.mentions import Found, certainty, in_order
from streams.tag.salience import entities
from streams.tag.surname import office_holders, surnames

_LONGEST_NAME = 500
"""Characters; the bound of `schemas.record.Name`."""


@dataclass(frozen=True, slots=True)
class Tagger:
    """What tagging needs, built once per process by `load_tagger`."""

    knowledge: Knowledge
    gazetteer: Gazetteer
    first_names: frozenset[str]


def load_tagger(folder: Path | None = None) -> Tagger:
    """Read the data files of the stage.

    Args:
        folder: Where they are; None for those shipped with the package.
    """
    data = resources.files("streams.tag") / "data" if folder is None else folder
    knowledge = Knowledge.read((data / "knowledge.txt.xz").read_bytes())
    tagger = Tagger(
        knowledge=knowledge,
        gazetteer=Gazetteer(knowledge.patterns),
        first_names=frozenset((data / "first_names.txt").read_text(encoding="utf-8").split()),
    )
    knowledge.patterns.clear()
    return tagger


def tag_article(article: UniqueArticle, tagger: Tagger) -> Outcome[EnrichedArticle]:
    """Find and link the names in title and text.

    Pure and total; deterministic. Delivery: it remembers nothing, so a
    repeated article is tagged the same again.

    Args:
        article: Any article; one without text gets no mentions.
        tagger: From `load_tagger`.

    Returns:
        The article with its mentions, in order of place and without overlap,
        and its entities, the most salient first.
    """
    found = names(article, tagger)
    texts = _texts(article)
    mentions = tuple(
        Mention(
            field=name.field,
            start=name.start,
            end=name.end,
            surface=texts[name.field][name.start : name.end],
            type=name.known.type or EntityType.ORG,
            entity_id=name.known.id,
            score=name.score,
            method=name.method,
            evidence=name.evidence,
        )
        for name in found
    )
    gathered = entities(found)
    receipt = Receipt(
        stage="tag",
        decision="tagged",
        rule=" ".join(sorted({mention.method for mention in mentions})),
        evidence=f"{len(mentions)} mentions of {len(gathered)} entities",
    )
    fields = {field: getattr(article, field) for field in UniqueArticle.__struct_fields__}
    fields["receipts"] = (*article.receipts, receipt)
    return Emit(EnrichedArticle(**fields, mentions=mentions, entities=gathered))


def names(article: UniqueArticle, tagger: Tagger) -> list[Found]:
    """Find the names in title and text, linked, in order and without overlap."""
    texts = _texts(article)
    known = [
        name
        for field, text in texts.items()
        for span in tagger.gazetteer.spans(text)
        if (name := _linked(field, text, span, tagger)) is not None
    ]
    officers = office_holders(texts, tagger.knowledge)
    people = in_order([*known, *officers])
    return in_order([*people, *surnames(texts, people)])


def _texts(article: UniqueArticle) -> Mapping[Field, str]:
    return {Field.TITLE: article.title, Field.TEXT: article.text}


def _linked(field: Field, text: str, span: Span, tagger: Tagger) -> Found | None:
    """Link a name of the gazetteer; None when it is part of a longer unknown name."""
    surface = text[span.start : span.end]
    candidates = tagger.knowledge.candidates(surface)
    if not candidates or len(surface) > _LONGEST_NAME:
        return None
    if " " not in surface and _in_a_name(text, span, tagger):
        return None
    best = candidates[0]
    return Found(field, span.start, span.end, best, certainty(candidates), "alias")


def _in_a_name(text: str, span: Span, tagger: Tagger) -> bool:
    """Whether a single word stands in a person's name: Michael *Jordan*, *Paris* Hilton."""
    before = text[max(0, span.start - 30) : span.start].rsplit(maxsplit=1)
    if before and text[span.start - 1] == " " and before[-1] in tagger.first_names:
        return True
    after = text[span.end + 1 : span.end + 30].split(maxsplit=1)
    is_first = text[span.start : span.end] in tagger.first_names
    return is_first and text[span.end : span.end + 1] == " " and after != [] and after[0].istitle()
