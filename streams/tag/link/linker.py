"""Names in, entities out: each linked by the surest way there is, or kept as a local entity."""

import re
from collections.abc import Mapping, Sequence

from streams.records.enriched import EntityType, Field
from streams.tag.gazetteer import Span
from streams.tag.knowledge import EntityFacts, Knowledge
from streams.tag.link.alias import AliasLinker, NameInText, local_entity
from streams.tag.link.context import ArticleContext
from streams.tag.link.people import SurnameIndex, famous_bearer, office_holder
from streams.tag.mentions import LinkedName, in_order
from streams.tag.names import fold, is_whole

_ABBREVIATION = re.compile(r"\s\(([A-Z][A-Za-z0-9&.-]{1,9})\)")
_DEFINED = re.compile(r"((?:[\w'’-]+ ){2,6})\(([A-Z]{2,6})\)")
_SHORTEST_SURNAME = 3

LinkTuple = tuple[EntityFacts, float, str, str]
"""Entity, score, method, evidence."""


def link_names(
    texts: Mapping[Field, str], spans: Mapping[Field, Sequence[Span]], knowledge: Knowledge
) -> list[LinkedName]:
    """Link the names of an article.

    Args:
        texts: Title and text.
        spans: The names found in each, in order.
        knowledge: Known entities.

    Returns:
        The names and further bare surnames, in order of place, title first.
    """
    linker = _Linker(texts, spans, knowledge)
    return linker.found()


class _Linker:
    """What is known while one article is linked."""

    def __init__(
        self,
        texts: Mapping[Field, str],
        spans: Mapping[Field, Sequence[Span]],
        knowledge: Knowledge,
    ) -> None:
        self._texts = texts
        self._spans = [(field, span) for field, found in spans.items() for span in found]
        self._knowledge = knowledge
        self._document = ArticleContext(texts, spans, knowledge)
        self._exact = AliasLinker(knowledge, self._document)
        self._bearers = SurnameIndex()
        self._links: dict[int, LinkTuple] = {}
        self._short: dict[str, LinkTuple] = {}
        self._defined = {
            k: v for text in texts.values() for k, v in defined_abbreviations(text).items()
        }

    def found(self) -> list[LinkedName]:
        """Go from the surest evidence to none."""
        for step in (self._full_names, self._officers, self._single_words, self._unknown):
            step()
        names = [
            LinkedName(field, span.start, span.end, *self._links[index])
            for index, (field, span) in enumerate(self._spans)
        ]
        return in_order([*names, *self._bare_surnames(names)])

    def _surface(self, index: int) -> str:
        field, span = self._spans[index]
        return self._texts[field][span.start : span.end]

    def _keep(
        self, index: int, known: EntityFacts, score: float, method: str, evidence: str
    ) -> None:
        self._links[index] = (known, score, method, evidence)
        self._bearers.add(self._surface(index), known)
        field, span = self._spans[index]
        short = _ABBREVIATION.match(self._texts[field], span.end)
        if short and known.type is EntityType.ORG:
            self._short[short[1]] = (known, score, "abbreviation", self._surface(index))

    def _full_names(self) -> None:
        """Everything but single words that may be surnames."""
        for index, (field, span) in enumerate(self._spans):
            if span.kind == "p" and " " not in self._surface(index):
                continue
            self._by_alias(index, field, span)

    def _by_alias(self, index: int, field: Field, span: Span) -> bool:
        """What is called exactly so, unless the article says that the letters stand for another."""
        surface = self._surface(index)
        exact = self._exact.linked(NameInText(field, span.start, span.end, span.kind))
        if exact is None or self._stands_for_another(surface, exact[0]):
            return False
        known, score, evidence = exact
        self._keep(index, known, score, "alias", evidence)
        return True

    def _stands_for_another(self, surface: str, known: EntityFacts) -> bool:
        words = self._defined.get(surface)
        return words is not None and known.id not in {
            bearer.id for bearer in self._knowledge.candidates(words)
        }

    def _officers(self) -> None:
        """Surnames and misspelt names after an office and a country."""
        for index, (field, span) in enumerate(self._spans):
            if index not in self._links and span.kind in "pu":
                holder = office_holder(self._document, self._knowledge, field, span.start, span.end)
                if holder:
                    known, score, evidence = holder
                    self._keep(index, known, score, "office", evidence)
        for index, (_, span) in enumerate(self._spans):
            if index not in self._links and span.kind in "po" and " " in self._surface(index):
                self._keep(index, *_local(self._surface(index), span.kind))

    def _single_words(self) -> None:
        """Surnames of people named before, abbreviations defined, famous single names."""
        for index, (field, span) in enumerate(self._spans):
            surface = self._surface(index)
            if index in self._links:
                known = self._links[index][0]
                short = self._short.get(surface)
                if short and short[0].id != known.id and known.prior <= short[0].prior:
                    self._links[index] = short
                continue
            if surface in self._short:
                self._links[index] = self._short[surface]
                continue
            if span.kind in "pou":
                named = self._bearers.named(surface)
                if named:
                    known, score, evidence = named
                    self._links[index] = (known, score, "surname", evidence)
                    continue
                if self._by_alias(index, field, span):
                    continue
                if span.kind in "pu" and not self._document.is_first_name(field, span.start):
                    self._by_fame(index)

    def _by_fame(self, index: int) -> None:
        """A rare surname that nothing in the article explains."""
        person = famous_bearer(self._surface(index), self._knowledge)
        if person:
            known, score, evidence = person
            self._keep(index, known, score, "fame", evidence)

    def _unknown(self) -> None:
        for index, (_, span) in enumerate(self._spans):
            if index not in self._links:
                self._links[index] = _local(self._surface(index), span.kind)

    def _bare_surnames(self, names: Sequence[LinkedName]) -> list[LinkedName]:
        """Find further mentions of people by surname that no span covers."""
        wanted = {
            word
            for name in names
            if name.known.type is EntityType.PERSON
            for word in (self._texts[name.field][name.start : name.end].split()[-1],)
            if len(word) >= _SHORTEST_SURNAME and word[0].isupper() and word.isalpha()
        }
        if not wanted:
            return []
        pattern = re.compile("|".join(map(re.escape, sorted(wanted, key=lambda w: (-len(w), w)))))
        taken = {(n.field, at) for n in names for at in range(n.start, n.end)}
        further = []
        for field, text in self._texts.items():
            for match in pattern.finditer(text):
                start, end = match.span()
                if (field, start) in taken or not is_whole(text, start, end):
                    continue
                named = self._bearers.named(match[0])
                if named and fold(match[0]) in self._bearers.surnames:
                    known, score, evidence = named
                    further.append(LinkedName(field, start, end, known, score, "surname", evidence))
        return further


def defined_abbreviations(text: str) -> dict[str, str]:
    """Give the abbreviations that a text defines in brackets, and the words they stand for.

    Examples:
        >>> defined_abbreviations("an artificial pancreas (AP) and the Associated Press (AAP)")
        {'AP': 'artificial pancreas'}
    """
    found = {}
    for match in _DEFINED.finditer(text):
        words = match[1].split()[-len(match[2]) :]
        if "".join(word[0] for word in words).upper() == match[2]:
            found[match[2]] = " ".join(words)
    return found


def _local(surface: str, kind: str) -> LinkTuple:
    if kind in "dq":
        return local_entity(surface, kind), 0.95, "pattern", ""
    return local_entity(surface, kind), 0.5, "unlinked", ""
