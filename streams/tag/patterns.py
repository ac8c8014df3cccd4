"""Find dates, quantities, events and state institutions by their form, in English."""

import re
from collections.abc import Sequence

from streams.tag.gazetteer import Span, without_overlap

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.|Feb\.|Mar\.|Apr\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_DATE = re.compile(
    rf"\b(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|{_MONTH},?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2})(?!\w)"
)
"""A day with its month, a month with its year, or an ISO date; "Tuesday" would be relative."""

_SCALE = r"(?:\s+(?:thousand|million|billion|trillion|mln|bn|m))?"
_AMOUNT = r"\d{1,20}(?:[.,]\d{1,20}){0,6}"
"""At most seven groups of digits: a list of numbers is searched from each of them."""

_QUANTITY = re.compile(
    rf"(?:(?:US|A|C|NZ|HK)?[$€£¥]\s?{_AMOUNT}{_SCALE}\b"
    rf"|\b{_AMOUNT}\s?(?:%|per\s?cent\b|percent\b)"
    rf"|\b{_AMOUNT}{_SCALE}\s+(?:dollars?|euros?|pounds?|yen|yuan|roubles?|rubles?|rupees?|"
    r"kilomet(?:er|re)s?|km|met(?:er|re)s?|miles?|feet|kilograms?|kg|tonnes?|tons?|barrels?|"
    r"hectares?|acres?|megawatts?|MW|degrees?)\b)"
)
_CAPITALIZED = r"[A-Z][\w'’-]{1,40}"
"""A capitalized word of a name, short enough that its search costs little at each hyphen."""

_EVENT = re.compile(
    rf"\b(?:(?:\d{{4}}|{_CAPITALIZED})\s{{1,4}}){{0,4}}"
    r"(?:World Cup|Olympics|Olympic Games|Paralympics|Super Bowl|Grand Prix|World Series|"
    r"Champions League|Commonwealth Games|Asian Games|Winter Games|Summer Games|"
    r"World War (?:I{1,2}|One|Two)|Cold War|Gulf War|"
    r"Civil War|Oscars|Grammys|Academy Awards|Brexit)\b(?!\s+[A-Z])"
)

_PACT = re.compile(
    rf"\b{_CAPITALIZED}(?: {_CAPITALIZED})? (?:Agreements?|Accords?|Convention|Protocol|"
    r"Treaty|Amendment|Declaration)\b"
)
"""Treaties such as Paris Agreement and Geneva Convention, which do not mention the place."""

_LEADING_WORDS = ("The ", "A ", "An ", "In ", "At ", "On ", "This ", "That ", "Each ", "No ")


def patterned_spans(text: str) -> list[Span]:
    """Find dates (kind ``d``), quantities (``q``) and events (``e``).

    Examples:
        >>> [text[s.start:s.end] for text in ["On January 20, 2022 it paid $3.2 billion, 5% more"]
        ...  for s in patterned_spans(text)]
        ['January 20, 2022', '$3.2 billion', '5%']
    """
    spans = []
    for kind, pattern in (("d", _DATE), ("q", _QUANTITY), ("e", _EVENT), ("e", _PACT)):
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind == "e" and text.startswith(_LEADING_WORDS, start):
                start += text[start:end].index(" ") + 1
            if "\n" not in text[start:end]:
                spans.append(Span(start, end, kind))
    return without_overlap(spans)


_FIELD = (
    r"(?:Foreign|Defen[cs]e|Interior|Finance|Health|Justice|Education|Energy|Economy|Transport|"
    r"Trade|Agriculture|Culture|Labou?r|Industry|Environment|Information)"
)
_INSTITUTION = re.compile(
    rf"\b(?:{_FIELD} (?:Ministry|Department)|Ministry (?:of|for) (?:the )?[A-Z]\w{{1,40}}"
    r"(?:(?:,| and| of|, and) [A-Z]\w{1,40}){0,8}(?: [A-Z]\w{1,40}){0,8}|"
    r"(?:State )?Security Service|Secret Service|National (?:Police|Guard|Assembly)|"
    r"(?:Supreme|High|Constitutional) Court|Armed Forces|Air Force|Coast Guard|"
    r"Central Bank|Embassy|Parliament|Army|Navy)\b(?! [A-Z][a-z])"
)
_CHAMBER = re.compile(
    r"(?:State |Federal )?(?:Senate|Congress|Treasury|Parliament|Commons|Lords|"
    r"House of (?:Representatives|Commons|Lords)|(?:Home|Foreign) Office|(?:Lower|Upper) House)"
)


def is_general(name: str) -> bool:
    """Return whether a name is that of an institution that any country may have.

    Examples:
        >>> [is_general(n) for n in ("Senate", "National Police", "Foreign Ministry", "Bundestag")]
        [True, True, True, False]
    """
    return bool(_INSTITUTION.fullmatch(name) or _CHAMBER.fullmatch(name))


_ALONE = re.compile(r"Ministry|Service|National|Armed")
"""Words of a name that identifies an institution without its country."""


def institutions(text: str, countries: Sequence[Span]) -> list[Span]:
    """Find ministries, services and courts with the country or people before them.

    Args:
        text: Title or text.
        countries: Known names of places and peoples in it.

    Examples:
        >>> text = "The Ukrainian Foreign Ministry and the US Embassy"
        >>> countries = [Span(4, 13, "n"), Span(39, 41, "g")]
        >>> [text[s.start:s.end] for s in institutions(text, countries)]
        ['Ukrainian Foreign Ministry', 'US Embassy']
    """
    ends = {span.end: span.start for span in countries}
    spans = []
    for match in _INSTITUTION.finditer(text):
        start = (
            ends.get(match.start() - 1) if text[match.start() - 1 : match.start()] == " " else None
        )
        if start is not None or _ALONE.search(match[0]):
            spans.append(Span(match.start() if start is None else start, match.end(), "o"))
    return spans
