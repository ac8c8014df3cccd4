"""A raw article and its reading in, the clean article with one value for each field out."""

from typing import Final, TypeVar

from streams.clean.body.blocks import Block, join_blocks, standfirst
from streams.clean.candidates import Candidate, Choice, choose
from streams.clean.extraction import Extraction
from streams.clean.metadata.agency import agency_named
from streams.clean.metadata.authors import authors_in, authors_text, same_authors
from streams.clean.metadata.dates import (
    is_possible,
    is_same_time,
    supplied_time_candidates,
    url_day_candidates,
)
from streams.clean.metadata.headline import choose_headline
from streams.clean.metadata.language import detect_language
from streams.records.clean import (
    Author,
    AuthorKind,
    CleanArticle,
    Language,
    ParagraphKind,
    Provenance,
    PublicationTime,
    Site,
)
from streams.records.identity import article_id
from streams.records.raw import RawArticle
from streams.records.record import Receipt
from streams.text.characters import clean_line, without_entities
from streams.text.charset import DecodedText
from streams.text.dates import ParsedDate
from streams.text.urls import registrable_domain, trusted_canonical

V = TypeVar("V")

LANGUAGE_DOUBT: Final = 0.3
"""Below this confidence the page's own declaration counts more than the detector."""

Provenances = dict[str, Provenance]


def merge_fields(
    raw: RawArticle, reading: Extraction, *, url: str, text: DecodedText
) -> CleanArticle:
    """Choose one value for every field and say where each came from.

    Args:
        raw: As the source found it: what a feed says counts beside the page.
        reading: Candidates and blocks.
        url: Canonical spelling of ``raw.url``; empty if it has none.
        text: How the body was decoded, for the receipt.
    """
    kept: Provenances = {}
    canonical = trusted_canonical(reading.canonical, page=url) if reading.canonical else ""
    if canonical:
        kept["url"] = Provenance(source="canonical")
    site = _site(reading, canonical or url, kept)
    title = _title(raw, reading, site, kept)
    content, paragraphs = join_blocks(reading.blocks or _summary_blocks(raw))
    if paragraphs:
        kept["text"] = Provenance(source=reading.extractor if reading.blocks else "summary")
    authors = _value(_authors(raw, reading), "authors", kept) or ()
    paywalled = _single(reading.paywalled, "paywalled", kept)
    modified = _modified(raw, reading)
    return CleanArticle(
        id=article_id(url=canonical) if canonical else raw.id,
        source=raw.source,
        fetched=raw.fetched,
        url=canonical or url,
        site=site,
        title=title,
        text=content,
        summary=standfirst(content, paragraphs),
        paragraphs=paragraphs,
        published=_published(raw, reading, kept),
        modified=modified.time if modified else None,
        language=_language(reading, title, content, kept),
        authors=authors,
        agency=_single(reading.agency, "agency", kept) or _agency_of(authors, kept),
        section=_value(_line(reading.section), "section", kept) or "",
        image=_value(_line(reading.image), "image", kept) or "",
        paywalled=paywalled,
        provenance=kept,
        receipts=(_receipt(raw, reading, text),),
    )


def _value(choice: Choice[V] | None, field: str, kept: Provenances) -> V | None:
    """Keep where a value came from, and give it."""
    if choice is None:
        return None
    kept[field] = choice.provenance
    return choice.value


def _single(candidate: Candidate[V] | None, field: str, kept: Provenances) -> V | None:
    """Do the same where there is one candidate at most."""
    if candidate is None:
        return None
    kept[field] = Provenance(source=candidate.source, confidence=candidate.trust)
    return candidate.value


def _line(candidates: tuple[Candidate[str], ...]) -> Choice[str] | None:
    return choose(candidates, same=lambda one, other: one.casefold() == other.casefold())


def _site(reading: Extraction, url: str, kept: Provenances) -> Site:
    name = _value(_line(reading.site_names), "site", kept) or ""
    return Site(name=name, domain=registrable_domain(url))


def _title(raw: RawArticle, reading: Extraction, site: Site, kept: Provenances) -> str:
    names = [c.value for c in reading.site_names] + [site.domain.partition(".")[0], site.domain]
    given = clean_line(without_entities(raw.title))
    candidates = list(reading.titles)
    if given:
        feed = Candidate(given, "feed" if raw.feed_url else "given", 0.9)
        candidates.insert(0 if reading.extractor == "plain-text" else len(candidates), feed)
    return _value(choose_headline(candidates, names), "title", kept) or ""


def _summary_blocks(raw: RawArticle) -> list[Block]:
    """Take the feed's teaser where there is no text: a headline with a teaser is kept so."""
    summary = clean_line(without_entities(raw.summary))
    return [Block(summary, ParagraphKind.SUMMARY)] if summary else []


def _published(raw: RawArticle, reading: Extraction, kept: Provenances) -> PublicationTime:
    """Choose the publication time; one that lies after the fetch is refused, and said so."""
    source = "feed" if raw.feed_url else "given"
    candidates = [*reading.published, *supplied_time_candidates(raw.published, source)]
    if reading.extractor == "plain-text":
        candidates = [*candidates[::-1], *url_day_candidates(raw.url)]
    possible = [c for c in candidates if is_possible(c.value, fetched=raw.fetched)]
    refused = [c for c in candidates if c not in possible]
    choice = choose(possible, same=is_same_time, spell=_spelled)
    if choice is None:
        if refused:
            alternatives = tuple(f"{c.source}: {_spelled(c.value)}" for c in refused[:5])
            kept["published"] = Provenance(
                source="refused: after the fetch", confidence=0, alternatives=alternatives
            )
        return PublicationTime()
    moment = _value(choice, "published", kept)
    assert moment is not None  # noqa: S101 - a choice has a value
    time = min(moment.time, raw.fetched)
    return PublicationTime(time=time, precision=moment.precision, source=choice.provenance.source)


def _spelled(moment: ParsedDate) -> str:
    return f"{moment.time.isoformat()} ({moment.precision})"


def _modified(raw: RawArticle, reading: Extraction) -> ParsedDate | None:
    possible = (c for c in reading.modified if is_possible(c.value, fetched=raw.fetched))
    choice = choose(possible, same=is_same_time)
    return choice.value if choice else None


def _language(reading: Extraction, title: str, content: str, kept: Provenances) -> Language:
    """Detect the language; where the detector is unsure, believe the page."""
    detected = detect_language(title, content)
    declared = reading.language.replace("_", "-").partition("-")[0].lower()
    sound = 2 <= len(declared) <= 3 and declared.isascii() and declared.isalpha()  # noqa: PLR2004
    if sound and detected.confidence < LANGUAGE_DOUBT:
        kept["language"] = Provenance(source="declared", confidence=0.7)
        return Language(code=declared, confidence=0.7)
    kept["language"] = Provenance(source="detected", confidence=detected.confidence)
    return detected


def _authors(raw: RawArticle, reading: Extraction) -> Choice[tuple[Author, ...]] | None:
    given = authors_in(raw.authors)
    source = "feed" if raw.feed_url else "given"
    feed = [Candidate(given, source, 0.7)] if given else []
    return choose([*reading.authors, *feed], same=same_authors, spell=authors_text)


def _agency_of(authors: tuple[Author, ...], kept: Provenances) -> str:
    """Name the agency that signs as an author."""
    organizations = (a.name for a in authors if a.kind is AuthorKind.ORGANIZATION)
    agency = next(filter(None, map(agency_named, organizations)), "")
    if agency:
        kept["agency"] = Provenance(source="byline", confidence=0.8)
    return agency


def _receipt(raw: RawArticle, reading: Extraction, text: DecodedText) -> Receipt:
    evidence = [f"{text.charset} by {text.source}"]
    if raw.replayed_from:
        evidence.append(f"replayed from {raw.replayed_from}")
    return Receipt(
        stage="clean",
        decision="cleaned",
        rule=reading.extractor,
        evidence="; ".join(evidence)[:2000],
    )
