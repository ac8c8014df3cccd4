"""Link each name of an article by the most certain rule that applies, else to a local entity."""

import re
from collections.abc import Mapping, Sequence

import ahocorasick_rs

from streams.records.enriched import EntityType, Field
from streams.tag.gazetteer import Span
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.alias import AliasLinker, NameInText, local_entity
from streams.tag.link.context import ArticleContext
from streams.tag.link.people import SurnameIndex, famous_bearer, office_holder
from streams.tag.mentions import LinkedName, in_order
from streams.tag.names import has_word_boundaries

_ABBREVIATION = re.compile(r"\s\(([A-Z][A-Za-z0-9&.-]{1,9})\)")
_BRACKETED = re.compile(r" \(([A-Z]{2,6})\)")
_WORD = re.compile(r"[\w'’-]+")
_BEFORE_BRACKET = 240
"""Characters before a bracket in which the defined words are: six words of up to 40 letters."""

_SHORTEST_SURNAME = 3

LinkTuple = tuple[EntityFacts, float, str, str]
"""Entity, score, method, evidence."""


def link_names(
    texts: Mapping[Field, str], spans: Mapping[Field, Sequence[Span]], knowledge: Knowledge
) -> list[LinkedName]:
    """Link the names of an article.

    Args:
        texts: Title and text.
        spans: The names found in each text, in order.
        knowledge: Known entities.

    Returns:
        The names and further bare surnames, in order of position, title first.
    """
    return _Linker(texts, spans, knowledge).link()


class _Linker:
    """State while the names of one article are linked."""

    def __init__(
        self,
        texts: Mapping[Field, str],
        spans: Mapping[Field, Sequence[Span]],
        knowledge: Knowledge,
    ) -> None:
        self._texts = texts
        self._spans = [(field, span) for field, names in spans.items() for span in names]
        self._knowledge = knowledge
        self._context = ArticleContext(texts, spans, knowledge)
        self._exact = AliasLinker(knowledge, self._context)
        self._bearers = SurnameIndex()
        self._links: dict[int, LinkTuple] = {}
        self._short: dict[str, LinkTuple] = {}
        self._defined = {
            k: v for text in texts.values() for k, v in defined_abbreviations(text).items()
        }

    def link(self) -> list[LinkedName]:
        """Apply the rules from the most certain to the least, and return the linked names."""
        self._link_full_names()
        self._link_office_holders()
        self._link_single_words()
        self._link_unknown()
        names = [
            LinkedName(field, span.start, span.end, *self._links[index])
            for index, (field, span) in enumerate(self._spans)
        ]
        return in_order([*names, *self._find_bare_surnames(names)])

    def _surface(self, index: int) -> str:
        field, span = self._spans[index]
        return self._texts[field][span.start : span.end]

    def _add_link(
        self, index: int, entity: EntityFacts, score: float, method: str, evidence: str
    ) -> None:
        self._links[index] = (entity, score, method, evidence)
        self._bearers.add(self._surface(index), entity)
        field, span = self._spans[index]
        short = _ABBREVIATION.match(self._texts[field], span.end)
        if short and entity.type is EntityType.ORG:
            self._short[short[1]] = (entity, score, "abbreviation", self._surface(index))

    def _link_full_names(self) -> None:
        """Link all names except single words that may be surnames."""
        for index, (field, span) in enumerate(self._spans):
            if span.kind == "p" and " " not in self._surface(index):
                continue
            self._link_by_alias(index, field, span)

    def _link_by_alias(self, index: int, field: Field, span: Span) -> bool:
        """Link an exact name, unless the article defines it as an abbreviation of another one."""
        surface = self._surface(index)
        exact = self._exact.link(NameInText(field, span.start, span.end, span.kind))
        if exact is None or self._stands_for_another(surface, exact[0]):
            return False
        entity, score, evidence = exact
        self._add_link(index, entity, score, "alias", evidence)
        return True

    def _stands_for_another(self, surface: str, entity: EntityFacts) -> bool:
        words = self._defined.get(surface)
        return words is not None and entity.id not in {
            bearer.id for bearer in self._knowledge.candidates(words)
        }

    def _link_office_holders(self) -> None:
        """Link surnames and misspelled names after an office and a country."""
        for index, (field, span) in enumerate(self._spans):
            if index not in self._links and span.kind in "pu":
                holder = office_holder(self._context, self._knowledge, field, span.start, span.end)
                if holder:
                    entity, score, evidence = holder
                    self._add_link(index, entity, score, "office", evidence)
        for index, (_, span) in enumerate(self._spans):
            if index not in self._links and span.kind in "po" and " " in self._surface(index):
                self._add_link(index, *_local(self._surface(index), span.kind))

    def _link_single_words(self) -> None:
        """Link surnames of people named before, defined abbreviations, famous single names."""
        for index, (field, span) in enumerate(self._spans):
            surface = self._surface(index)
            if index in self._links:
                entity = self._links[index][0]
                short = self._short.get(surface)
                if short and short[0].id != entity.id and entity.prior <= short[0].prior:
                    self._links[index] = short
                continue
            if surface in self._short:
                self._links[index] = self._short[surface]
                continue
            if span.kind in "pou":
                bearer = self._bearers.bearer_of(surface)
                if bearer:
                    entity, score, evidence = bearer
                    self._links[index] = (entity, score, "surname", evidence)
                    continue
                if self._link_by_alias(index, field, span):
                    continue
                if span.kind in "pu" and not self._context.is_first_name(field, span.start):
                    self._link_by_fame(index)

    def _link_by_fame(self, index: int) -> None:
        """Link a rare surname that nothing in the article explains."""
        person = famous_bearer(self._surface(index), self._knowledge)
        if person:
            entity, score, evidence = person
            self._add_link(index, entity, score, "fame", evidence)

    def _link_unknown(self) -> None:
        for index, (_, span) in enumerate(self._spans):
            if index not in self._links:
                self._links[index] = _local(self._surface(index), span.kind)

    def _find_bare_surnames(self, names: Sequence[LinkedName]) -> list[LinkedName]:
        """Return further mentions of people by surname that no span covers."""
        wanted = {
            word
            for name in names
            if name.entity.type is EntityType.PERSON
            for word in (self._texts[name.field][name.start : name.end].split()[-1],)
            if len(word) >= _SHORTEST_SURNAME and word[0].isupper() and word.isalpha()
        }
        if not wanted:
            return []
        # One pass for any number of surnames; alternatives of a regular expression are tried one
        # after the other at each position.
        surnames = ahocorasick_rs.AhoCorasick(
            sorted(wanted), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )
        taken = {(n.field, at) for n in names for at in range(n.start, n.end)}
        mentions = []
        for field, text in self._texts.items():
            for _, start, end in surnames.find_matches_as_indexes(text):
                if (field, start) in taken or not has_word_boundaries(text, start, end):
                    continue
                surname = text[start:end]
                bearer = self._bearers.bearer_of(surname)
                if bearer and self._bearers.has_surname(surname):
                    entity, score, evidence = bearer
                    mentions.append(
                        LinkedName(field, start, end, entity, score, "surname", evidence)
                    )
        return mentions


def defined_abbreviations(text: str) -> dict[str, str]:
    """Return the abbreviations that a text defines in brackets, and their words.

    Looks back from each bracket: words that no bracket follows cost nothing.

    Examples:
        >>> defined_abbreviations("an artificial pancreas (AP) and the Associated Press (AAP)")
        {'AP': 'artificial pancreas'}
    """
    abbreviations = {}
    for match in _BRACKETED.finditer(text):
        short = match[1]
        words = _words_before(text, match.start(), len(short))
        if "".join(word[0] for word in words).upper() == short:
            abbreviations[short] = " ".join(words)
    return abbreviations


def _words_before(text: str, end: int, count: int) -> list[str]:
    """Return the last words before a position, separated by single spaces; empty if fewer."""
    start = max(0, end - _BEFORE_BRACKET)
    words = text[start:end].split(" ")
    words = words[1 if start else 0 :][-count:]  # the first may be a part of a word
    if len(words) < count or not all(map(_WORD.fullmatch, words[1:])):
        return []
    # A quotation mark or bracket may precede the first word.
    first = _WORD.match(words[0][::-1])
    return [first[0][::-1], *words[1:]] if first else []


def _local(surface: str, kind: str) -> LinkTuple:
    if kind in "dq":
        return local_entity(surface, kind), 0.95, "pattern", ""
    return local_entity(surface, kind), 0.5, "unlinked", ""
