"""Find people who are not in the knowledge base, and those of them who are linked nevertheless."""

from collections.abc import Iterable, Sequence

from streams.evaluate.conll import Sentence, tagged_spans
from streams.records.enriched import EntityType, Field
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span
from streams.tag.knowledge import Knowledge
from streams.tag.link.linker import link_names
from streams.tag.names import fold
from streams.tag.recognize.cues import TITLES
from streams.tag.recognize.spans import find_spans

SENTENCES = (
    "British Foreign Secretary {} met his Russian counterpart in Moscow on Tuesday.",
    "{}, a senator from Texas, said the bill would fail in Congress.",
    "Police in Berlin arrested {} on Friday after a search of three flats.",
    "French President Emmanuel Macron thanked {} for her work at the ministry.",
    "The company named {} as its chief executive in a statement from New York.",
    "{} scored twice as England beat Germany at Wembley.",
    "Ukrainian minister {} said that talks in Kyiv would go on.",
    "The film by {} opens in Paris next week.",
    "US Secretary of State {} leaves for Geneva on Thursday.",
    "According to Prime Minister {}, India will not take part.",
)
"""Sentences used in turn: half of them have an office and a country, which mislead the linker."""


def unknown_people(sentences: Iterable[Sentence], knowledge: Knowledge, most: int) -> list[str]:
    """Return full names in labeled sentences that the knowledge base does not have.

    Args:
        sentences: Tokens and tags.
        knowledge: Knowledge base whose names are left out.
        most: Maximum number of names; the first ones are returned.

    Returns:
        Names of two or three capitalized words, each once, none after a title, because a known
        name may follow one.
    """
    found: dict[str, str] = {}
    for words, tags in sentences:
        for span in tagged_spans(tags):
            name = words[span.start : span.end]
            if span.kind != "PER" or not 2 <= len(name) <= 3 or not all(map(_is_name, name)):
                continue
            full = " ".join(name)
            if name[0].lower() in TITLES:
                continue
            if not knowledge.candidates(full):
                found.setdefault(fold(full), full)
        if len(found) >= most:
            break
    return list(found.values())[:most]


def _is_name(word: str) -> bool:
    return word[:1].isupper() and word[1:].islower() and word.isalpha()


def wrongly_linked(names: Sequence[str], tagger: Tagger) -> list[tuple[str, str, str]]:
    """Insert names into news sentences, and return those that are linked to a known person.

    Returns:
        Name, id it was linked to, and method.
    """
    wrong = []
    for index, name in enumerate(names):
        frame = SENTENCES[index % len(SENTENCES)]
        text = frame.format(name)
        start = frame.index("{}")
        spans = find_spans(text, tagger.gazetteer, tagger.recognizer)
        around = [s for s in spans if s.end <= start or s.start >= start + len(name)]
        given = sorted([*around, Span(start, start + len(name), "p")])
        for tried in (spans, given):
            linked = link_names({Field.TEXT: text}, {Field.TEXT: tried}, tagger.knowledge)
            known = [
                (name, found.entity.id, found.method)
                for found in linked
                if found.start < start + len(name)
                and start < found.end
                and found.entity.type is EntityType.PERSON
                and not found.entity.id.startswith("local:")
            ]
            if known:
                wrong += known[:1]
                break
    return wrong
