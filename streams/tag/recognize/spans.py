"""Find the names in a text and their kinds, with the model and the known names together."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from streams.tag.gazetteer import Gazetteer, Span, without_overlap
from streams.tag.names import has_word_boundaries
from streams.tag.patterns import institutions, patterned_spans
from streams.tag.recognize.crf import Recognizer, labeled_spans
from streams.tag.recognize.span_table import SpanTable
from streams.tag.recognize.tokens import Token, sentences

_TITLE = re.compile(
    r".*\b(?:mr|mrs|ms|miss|dr|prof|professor|sir|lord|lady|president|minister|premier|chancellor|"
    r"secretary|secy|senator|sen|rep|governor|gov|mayor|king|queen|prince|princess|general|gen|"
    r"colonel|col|captain|capt|judge|justice|pope|ambassador|envoy|director|chairman|chairwoman|"
    r"spokesman|spokeswoman|spokesperson|congressman|congresswoman|representative|detective|"
    r"officer|sheriff|leader|chief|coach|lieutenant|lt|sergeant|sgt|speaker|counterpart)\b\.?"
    r"(?:\s+(?:of|for)(?:\s+the)?\s+(?:State|Treasury|Interior|Defen[cs]e|Labor|Energy|Commerce|"
    r"Foreign Affairs|Finance|Health|Justice|Education|Transport(?:ation)?|Agriculture))?\s+",
    re.IGNORECASE,
)
"""Titles and offices before a person's name and all text before them, not part of the name."""

_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_JOINED = re.compile(r"(?:(?:[Ee]l|[Aa]l|[Aa]s|[Aa]n|[Aa]r|[Bb]en|[Bb]in)|[A-Z][a-z]+)-$")
"""Words joined to a person's name by a hyphen on the left: el-Sissi, Jean-Claude."""

_FULL_NAME = re.compile(
    r"\b([A-ZÀ-ÖØ-ÞŁŚŻČŠŽĐ][\w'’-]{1,40})("
    r"(?: (?:de|da|do|dos|del|della|di|van|von|der|den|la|le|el|al|bin)){0,4}"
    r"(?: [A-ZÀ-ÖØ-ÞŁŚŻČŠŽĐ][\w'’-]{1,40}){1,2})"
)
"""Two or three capitalized words, with particles between them; the first must be a first name."""

_OWNER = re.compile(r"['’]s\s")
"""Ukraine's border, Biden's son: the name is that of the owner."""

MAX_NAME = 300
"""Most characters of a name: the longest title of a work or law in the news is shorter (this
project's choice). All work on one name takes bounded time because of it."""

_LATIN_BYTES = 1.3
"""UTF-8 bytes per character above which a text is not in Latin script."""

_ARTICLE = re.compile(r"(?:the|The|a|an|A|An)\s+(?=[A-Z])")
_LETTERS = re.compile(r"[A-Z]{3,4}\s+(?=[A-Z][a-z])")
"""An abbreviation before a person's name, of an affiliation or office: NBA, CEO, CNN."""

_DATELINE = re.compile(r"[^a-z]*?[^\W\d_](?=\s+[-–—]+\s)")
"""A place in capitals before a spaced dash: OSLO - Ferry crews. What follows begins a sentence."""

_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")


def find_spans(
    text: str,
    gazetteer: Gazetteer,
    recognizer: Recognizer | None,
    cut: Sequence[Sequence[Token]] | None = None,
    *,
    first_names: AbstractSet[str] = frozenset(),
) -> list[Span]:
    """Find the names in a text.

    Args:
        text: Title or text.
        gazetteer: Known names.
        recognizer: The trained model; None for a language that it does not support.
        cut: Sentences of tokens; defaults to those of `sentences`.
        first_names: First names of people, for a language without a model.

    Returns:
        Names between word boundaries, in order, without overlap; the kind is a letter of
        `streams.tag.knowledge.KINDS`.
    """
    known = known_spans(text, gazetteer)
    if recognizer is None or len(text.encode()) > len(text) * _LATIN_BYTES:
        return _overlay(full_names(text, first_names), known)
    hints = gazetteer.spans(text, hints=True)
    learned: list[Span] = []
    at = 0
    for sentence in sentences(text) if cut is None else cut:
        end = sentence[-1].end
        inside = []
        while at < len(hints) and hints[at].start < end:
            inside.append(hints[at])
            at += 1
        labels = recognizer.labels(sentence, inside)
        learned += [
            span
            for span in labeled_spans(sentence, labels)
            if span.end - span.start <= MAX_NAME
            and not recognizer.is_ordinary(
                text[span.start : span.end], first=span.start <= _first_word(sentence)
            )
        ]
    return merge_spans(text, learned, known)


def known_spans(text: str, gazetteer: Gazetteer) -> list[Span]:
    """Find known names, also those in capitals: LONDON (Reuters).

    Examples:
        >>> gazetteer = Gazetteer(["London", "NATO"], "go")
        >>> text = "LONDON: NATO met"
        >>> [text[s.start:s.end] for s in known_spans(text, gazetteer)]
        ['LONDON', 'NATO']
    """
    known = gazetteer.spans(text)
    small = _CAPITALS.sub(lambda match: match[0].capitalize(), text)
    if small != text and len(small) == len(text):
        known = without_overlap([*known, *gazetteer.spans(small)])
    return known


def full_names(text: str, first_names: AbstractSet[str]) -> list[Span]:
    """Find people by a first name and the words after it, for a language without a model.

    Examples:
        >>> [text[s.start:s.end] for text in ["Il ministro Paolo Rossi ha detto"]
        ...  for s in full_names(text, {"Paolo"})]
        ['Paolo Rossi']
    """
    spans = []
    at = 0
    while match := _FULL_NAME.search(text, at):
        is_name = match[1] in first_names
        at = match.end() if is_name else match.end(1)
        if is_name:
            spans.append(Span(match.start(), match.end(), "p"))
    return spans


def _first_word(sentence: Sequence[Token]) -> int:
    """Return the start of the first word of a sentence, after quotation marks and dashes."""
    words = (token.start for token in sentence if token.text[0].isalnum())
    return next(words, sentence[0].start)


def merge_spans(text: str, learned: Sequence[Span], known: Sequence[Span]) -> list[Span]:
    """Merge the model's names with known names, institutions and names found by their form.

    A known name is added where the model found none, and replaces names that
    the model found inside it; so does an institution with its country.
    """
    peoples = {(span.start, span.end) for span in known if span.kind == "n"}
    clean = (trim_span(text, span) for span in learned)
    kept = [span for span in clean if span and (span.start, span.end) not in peoples]
    result = _overlay(kept, known)
    result = _overlay(result, institutions(text, [s for s in known if s.kind in "ng"]))
    formed = patterned_spans(text)
    result = _overlay(result, [span for span in formed if span.kind == "e"])
    return _overlay(result, [span for span in formed if span.kind != "e"])


def _overlay(spans: Sequence[Span], over: Sequence[Span]) -> list[Span]:
    """Overlay spans on others: each replaces those inside it, or is dropped if it overlaps them."""
    kept = SpanTable(spans)
    for span in over:
        rivals = kept.overlapping(span)
        inside = [k for k in rivals if span.start <= k.start and k.end <= span.end]
        longer = (span.end - span.start) > sum(k.end - k.start for k in inside)
        if not rivals or (len(inside) == len(rivals) and longer):
            kept.replace(inside, span)
    return without_overlap(list(kept))


def trim_span(text: str, span: Span) -> Span | None:
    """Return a name without article, titles and possessive; None if nothing remains.

    Examples:
        >>> trim_span("President Joe Biden's", Span(0, 21, "p"))
        Span(start=10, end=19, kind='p')
        >>> trim_span("the United Nations", Span(0, 18, "o"))
        Span(start=4, end=18, kind='o')
        >>> trim_span("OSLO - Ferry crews", Span(0, 12, "l"))
        Span(start=0, end=4, kind='l')
    """
    start, end = span.start + _lead(text[span.start : span.end], span.kind), span.end
    if dateline := _DATELINE.match(text, start, end):
        end = dateline.end()
    joined = _JOINED.search(text[max(0, start - 15) : start]) if span.kind == "p" else None
    if joined:
        start -= len(joined[0])
    owner = _OWNER.search(text[start:end]) if span.kind in "pl" else None
    tail = owner or _POSSESSIVE.search(text[start:end])
    if tail:
        end = start + tail.start()
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not (text[end - 1].isalnum() or text[end - 1] in ".)!"):
        end -= 1
    if start >= end or not has_word_boundaries(text, start, end) or "\n" in text[start:end]:
        return None
    return Span(start, end, span.kind)


def _lead(surface: str, kind: str) -> int:
    """Return the length of the part before a name: bracket, article, titles."""
    bracket = max(surface.rfind("["), surface.rfind("(")) + 1
    lead = bracket if 0 < bracket < len(surface) and surface[-1] not in ")]" else 0
    article = _ARTICLE.match(surface[lead:])
    if article:
        lead += article.end()
    rest = surface[lead:]
    title = (_TITLE.match(rest) or _LETTERS.match(rest)) if kind == "p" else None
    if title and lead + title.end() < len(surface):
        lead += title.end()
    return lead
