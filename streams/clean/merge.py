"""Merge the candidates of an extraction to a clean article with one value for each field."""

from typing import Final, TypeVar

import msgspec

from streams.clean.body.blocks import Block, join_blocks, standfirst
from streams.clean.body.feed_credit import without_feed_credit
from streams.clean.candidates import Candidate, Choice, choose
from streams.clean.extraction import Extraction
from streams.clean.metadata.agency import agency_named
from streams.clean.metadata.authors import authors_in, authors_text, same_authors
from streams.clean.metadata.dates import (
    exactness,
    is_possible,
    is_same_time,
    supplied_time_candidates,
    url_day_candidates,
)
from streams.clean.metadata.headline import choose_headline
from streams.clean.metadata.language import detect_language
from streams.clean.metadata.title import title_key
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
from streams.text.canonical import trusted_canonical
from streams.text.characters import clean_line, without_entities
from streams.text.charset import DecodedText
from streams.text.dates import ParsedDate
from streams.text.urls import owner_domain, page_variants, registrable_domain

V = TypeVar("V")

LANGUAGE_DOUBT: Final = 0.3
"""Confidence of the detector below which the page's own declaration is used."""

EXTRACTOR_OF_FEEDS: Final = "feed"
"""Name of the extractor whose words are those of the feed, see `streams.clean.announced`."""

Provenances = dict[str, Provenance]


def merge_fields(
    raw: RawArticle,
    extraction: Extraction,
    *,
    url: str,
    text: DecodedText,
    landed: str = "",
    reason: str = "",
) -> CleanArticle:
    """Choose one value for each field and record its provenance.

    Args:
        raw: The article as the source found it; its fields are candidates too.
        extraction: Candidates and blocks of the body.
        url: Canonical spelling of ``raw.url``; empty if it has none.
        landed: Canonical URL on another host to which it redirected; empty if none.
        text: The decoded body, whose character set the receipt names.
        reason: Why the page was not used; the receipt names it. Empty if it was used.
    """
    provenance: Provenances = {}
    own_url = _own_url(raw, extraction, url=url, landed=landed, provenance=provenance)
    if raw.announced_by:
        raw = _without_claims(raw, extraction)
    site = _site(extraction, own_url or url, provenance)
    title = _title(raw, extraction, site, provenance)
    content, paragraphs = join_blocks(extraction.blocks or _summary_blocks(raw))
    if paragraphs:
        provenance["text"] = Provenance(
            source=extraction.extractor if extraction.blocks else "summary"
        )
    authors = _value(_authors(raw, extraction), "authors", provenance) or ()
    paywalled = _single_value(extraction.paywalled, "paywalled", provenance)
    modified = _modified(raw, extraction)
    return CleanArticle(
        id=_id(raw, own_url, url=url, landed=landed),
        source=raw.source,
        fetched=raw.fetched,
        url=own_url or url,
        site=site,
        title=title,
        text=content,
        summary=standfirst(content, paragraphs),
        paragraphs=paragraphs,
        published=_published(raw, extraction, provenance),
        modified=modified.time if modified else None,
        language=_language(extraction, title, content, provenance),
        authors=authors,
        agency=_single_value(extraction.agency, "agency", provenance)
        or _agency_of(authors, provenance),
        section=_value(_line(extraction.section), "section", provenance) or "",
        image=_value(_line(extraction.image), "image", provenance) or "",
        paywalled=paywalled,
        provenance=provenance,
        receipts=(_receipt(raw, extraction, text, reason),),
        claimed_by=_claimed_by(raw, extraction, own_url or url),
    )


def _own_url(
    raw: RawArticle, extraction: Extraction, *, url: str, landed: str, provenance: Provenances
) -> str:
    """Return the URL that the page has, rather than the one that led to it; empty if unknown."""
    if extraction.canonical:
        answered = raw.http.url if raw.http else ""
        canonical = trusted_canonical(extraction.canonical, page=landed or url, landed=answered)
        if canonical:
            provenance["url"] = Provenance(source="canonical")
            return canonical
    if landed:
        provenance["url"] = Provenance(source="redirect")
    return landed


def _id(raw: RawArticle, own_url: str, *, url: str, landed: str) -> str:
    """Return the id of an article: made from its own URL, unless a feed knows it better.

    A feed whose entry got another link keeps the id of its article: then the id is not the one
    made from the link.
    """
    if not own_url:
        return raw.id
    is_known = bool(raw.feed_url and url) and not landed
    if is_known and raw.id not in {article_id(url=each) for each in page_variants(url)}:
        return raw.id
    return article_id(url=own_url)


def _without_claims(raw: RawArticle, extraction: Extraction) -> RawArticle:
    """Return an article without what another site's feed says of it, as far as the page says it."""
    return msgspec.structs.replace(
        raw,
        title="" if extraction.titles else raw.title,
        published="" if extraction.published else raw.published,
        authors=() if extraction.blocks else raw.authors,
    )


def _claimed_by(raw: RawArticle, extraction: Extraction, own_url: str) -> str:
    """Return whose words the title and the text are, if not the publisher's; else empty.

    What comes from the publisher's own server is the publisher's, whatever led there; but neither
    the words of another site's feed, where the page has none, nor a page that another site sent.
    """
    if raw.claimed_by:
        is_own = not own_url and raw.source == raw.claimed_by and _has_own_id(raw)
        return "" if is_own else raw.claimed_by
    served_from = raw.http.url if raw.http and raw.http.url else raw.url
    if not raw.announced_by:
        # A blog on a shared host that declares the page of another one as its own.
        senders = {owner_domain(served_from), owner_domain(raw.url), ""}
        return raw.source if raw.url and owner_domain(own_url) not in senders else ""
    is_publishers = (
        extraction.extractor != EXTRACTOR_OF_FEEDS
        and (extraction.blocks or not raw.summary)
        and (extraction.titles or not raw.title)
        and owner_domain(own_url) == owner_domain(served_from)
    )
    return "" if is_publishers else raw.announced_by


def _has_own_id(raw: RawArticle) -> bool:
    """Return whether an article without URL is numbered by its source alone."""
    own = article_id(source=raw.source, external_id=raw.external_id) if raw.external_id else ""
    return raw.id == own


def _value(choice: Choice[V] | None, field: str, provenance: Provenances) -> V | None:
    """Record the provenance of a choice, and return its value."""
    if choice is None:
        return None
    provenance[field] = choice.provenance
    return choice.value


def _single_value(candidate: Candidate[V] | None, field: str, provenance: Provenances) -> V | None:
    """Record the provenance of a single candidate, and return its value."""
    if candidate is None:
        return None
    provenance[field] = Provenance(source=candidate.source, confidence=candidate.trust)
    return candidate.value


def _line(candidates: tuple[Candidate[str], ...]) -> Choice[str] | None:
    return choose(candidates, same=lambda one, other: one.casefold() == other.casefold())


def _site(extraction: Extraction, url: str, provenance: Provenances) -> Site:
    name = _value(_line(extraction.site_names), "site", provenance) or ""
    return Site(name=name, domain=registrable_domain(url))


def _title(raw: RawArticle, extraction: Extraction, site: Site, provenance: Provenances) -> str:
    names = [c.value for c in extraction.site_names] + [site.domain.partition(".")[0], site.domain]
    given = clean_line(without_entities(raw.title))
    candidates = list(extraction.titles)
    if given:
        feed = Candidate(given, "feed" if raw.feed_url else "given", 0.9)
        candidates.insert(0 if extraction.extractor == "plain-text" else len(candidates), feed)
    return _value(choose_headline(candidates, names), "title", provenance) or ""


def _summary_blocks(raw: RawArticle) -> list[Block]:
    """Return the feed's teaser as blocks, which keep a headline with a teaser but no text."""
    title = clean_line(without_entities(raw.title))
    lines = (clean_line(line) for line in without_entities(raw.summary).splitlines())
    paragraphs = [text for line in lines if (text := without_feed_credit(line, title))]
    if title_key(raw.summary) == title_key(raw.title):
        return []
    return [
        Block(line, ParagraphKind.PARAGRAPH if number else ParagraphKind.SUMMARY)
        for number, line in enumerate(paragraphs)
    ]


def _published(raw: RawArticle, extraction: Extraction, provenance: Provenances) -> PublicationTime:
    """Choose the publication time; record that a time after the fetch was refused."""
    source = "feed" if raw.feed_url else "given"
    supplied = supplied_time_candidates(raw.published, source, extraction.language)
    candidates = [*extraction.published, *supplied]
    if extraction.extractor == "plain-text":
        candidates = [*candidates[::-1], *url_day_candidates(raw.url)]
    possible = [c for c in candidates if is_possible(c.value, fetched=raw.fetched)]
    refused = [c for c in candidates if c not in possible]
    choice = choose(possible, same=is_same_time, spell=_date_text, exactness=exactness)
    if choice is None:
        if refused:
            alternatives = tuple(f"{c.source}: {_date_text(c.value)}" for c in refused[:5])
            provenance["published"] = Provenance(
                source="refused: after the fetch", confidence=0, alternatives=alternatives
            )
        return PublicationTime()
    date = _value(choice, "published", provenance)
    assert date is not None  # noqa: S101 - a choice has a value
    time = min(date.time, raw.fetched)
    return PublicationTime(time=time, precision=date.precision, source=choice.provenance.source)


def _date_text(date: ParsedDate) -> str:
    return f"{date.time.isoformat()} ({date.precision})"


def _modified(raw: RawArticle, extraction: Extraction) -> ParsedDate | None:
    possible = (c for c in extraction.modified if is_possible(c.value, fetched=raw.fetched))
    choice = choose(possible, same=is_same_time, exactness=exactness)
    return choice.value if choice else None


def _language(
    extraction: Extraction, title: str, content: str, provenance: Provenances
) -> Language:
    """Detect the language; use the page's declaration if the detector is unsure."""
    detected = detect_language(title, content)
    declared = extraction.language.replace("_", "-").partition("-")[0].lower()
    is_code = 2 <= len(declared) <= 3 and declared.isascii() and declared.isalpha()  # noqa: PLR2004
    if is_code and detected.confidence < LANGUAGE_DOUBT:
        provenance["language"] = Provenance(source="declared", confidence=0.7)
        return Language(code=declared, confidence=0.7)
    provenance["language"] = Provenance(source="detected", confidence=detected.confidence)
    return detected


def _authors(raw: RawArticle, extraction: Extraction) -> Choice[tuple[Author, ...]] | None:
    given = authors_in(raw.authors)
    source = "feed" if raw.feed_url else "given"
    feed = [Candidate(given, source, 0.7)] if given else []
    return choose([*extraction.authors, *feed], same=same_authors, spell=authors_text)


def _agency_of(authors: tuple[Author, ...], provenance: Provenances) -> str:
    """Return the agency among the authors; empty if there is none."""
    organizations = (a.name for a in authors if a.kind is AuthorKind.ORGANIZATION)
    agency = next(filter(None, map(agency_named, organizations)), "")
    if agency:
        provenance["agency"] = Provenance(source="byline", confidence=0.8)
    return agency


def _receipt(raw: RawArticle, extraction: Extraction, text: DecodedText, reason: str) -> Receipt:
    evidence = [reason or f"{text.charset} by {text.source}"]
    if raw.page_problem:
        evidence.insert(0, f"page not used: {raw.page_problem}")
    if raw.replayed_from:
        evidence.append(f"replayed from {raw.replayed_from}")
    return Receipt(
        stage="clean",
        decision="cleaned",
        rule=extraction.extractor,
        evidence="; ".join(evidence)[:2000],
    )
