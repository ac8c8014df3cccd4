"""Which stretches of a text are names, and of what kind: model and known names together."""

import re
from collections.abc import Sequence

from streams.tag.crf import Recognizer, labelled_spans
from streams.tag.gazetteer import Gazetteer, Span, without_overlap
from streams.tag.names import is_whole
from streams.tag.patterns import institutions, patterned_spans
from streams.tag.tokens import Token, sentences

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
"""Titles and offices before a person's name, with all before them: no part of it."""

_OWNER = re.compile(r"['’]s\s")
"""Ukraine's border, Biden's son: the owner is the name."""

_LATIN_BYTES = 1.3
"""Bytes per character of UTF-8 above which a text is not in Latin script."""

_ARTICLE = re.compile(r"(?:the|The|a|an|A|An)\s+(?=[A-Z])")
_POSSESSIVE = re.compile(r"(?:['’]s|['’])$")


def found_spans(
    text: str,
    gazetteer: Gazetteer,
    recognizer: Recognizer | None,
    cut: Sequence[Sequence[Token]] | None = None,
) -> list[Span]:
    """Find names.

    Args:
        text: Title or text.
        gazetteer: Known names.
        recognizer: The trained model; None for a language it does not know.
        cut: Sentences of tokens, where they are given.

    Returns:
        Whole words, in order, without overlap; the kind is a letter of
        `streams.tag.knowledge.KINDS`.
    """
    known = gazetteer.spans(text)
    if recognizer is None or len(text.encode()) > len(text) * _LATIN_BYTES:
        return known
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
            for span in labelled_spans(sentence, labels)
            if not recognizer.is_ordinary(
                text[span.start : span.end], first=span.start <= _first_word(sentence)
            )
        ]
    return merged(text, learned, known)


def _first_word(sentence: Sequence[Token]) -> int:
    """Give where the first word of a sentence starts, past quotation marks and dashes."""
    words = (token.start for token in sentence if token.text[0].isalnum())
    return next(words, sentence[0].start)


def merged(text: str, learned: Sequence[Span], known: Sequence[Span]) -> list[Span]:
    """Join what the model found with known names and what is told by its form.

    A known name is added where the model saw none, and takes the place of what
    the model found inside it; so does an institution with its country.
    """
    peoples = {(span.start, span.end) for span in known if span.kind == "n"}
    clean = (trimmed(text, span) for span in learned)
    kept = [span for span in clean if span and (span.start, span.end) not in peoples]
    result = _laid_over(kept, known)
    result = _laid_over(result, institutions(text, [s for s in known if s.kind in "ng"]))
    formed = patterned_spans(text)
    result = _laid_over(result, [span for span in formed if span.kind == "e"])
    return _laid_over(result, [span for span in formed if span.kind != "e"])


def _laid_over(spans: Sequence[Span], over: Sequence[Span]) -> list[Span]:
    """Put spans over others: each takes the place of what lies inside it, or yields."""
    kept = list(spans)
    for span in over:
        rivals = [k for k in kept if k.start < span.end and span.start < k.end]
        inside = [k for k in rivals if span.start <= k.start and k.end <= span.end]
        longer = (span.end - span.start) > sum(k.end - k.start for k in inside)
        if not rivals or (len(inside) == len(rivals) and longer):
            kept = [k for k in kept if k not in inside]
            kept.append(span)
    return without_overlap(kept)


def trimmed(text: str, span: Span) -> Span | None:
    """Take article, titles and possessive off a name; None when nothing stays.

    Examples:
        >>> trimmed("President Joe Biden's", Span(0, 21, "p"))
        Span(start=10, end=19, kind='p')
        >>> trimmed("the United Nations", Span(0, 18, "o"))
        Span(start=4, end=18, kind='o')
    """
    start, end = span.start, span.end
    surface = text[start:end]
    bracket = max(surface.rfind("["), surface.rfind("(")) + 1
    if 0 < bracket < len(surface) and surface[-1] not in ")]":
        start += bracket
    article = _ARTICLE.match(text[start:end])
    if article:
        start += article.end()
    if span.kind == "p":
        title = _TITLE.match(text[start:end])
        if title and start + title.end() < end:
            start += title.end()
    owner = _OWNER.search(text[start:end]) if span.kind in "pl" else None
    if owner:
        end = start + owner.start()
    possessive = _POSSESSIVE.search(text[start:end])
    if possessive:
        end = start + possessive.start()
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not (text[end - 1].isalnum() or text[end - 1] in ".)!"):
        end -= 1
    if start >= end or not is_whole(text, start, end) or "\n" in text[start:end]:
        return None
    return Span(start, end, span.kind)
