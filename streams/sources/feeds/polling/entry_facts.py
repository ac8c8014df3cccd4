"""What tells the entries of a feed apart: link, guid, title and time, as hashes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Final

import xxhash
from msgspec import Struct

from streams.sources.feeds.parsing.dates import entry_time
from streams.sources.feeds.parsing.model import Entry
from streams.text.urls import canonical_url, page_variants, without_scheme

KEY_BYTES: Final = 8
WORD_BYTES: Final = 4

NONE: Final = bytes(KEY_BYTES)
"""In the place of a hash: there is no such value, or it tells nothing."""

NO_TIME: Final = -(2**63)

LEAST_GUID: Final = 4
"""Characters of a guid that is searched in a link: shorter ones occur there by chance."""

LEAST_ENTRIES: Final = 3
"""Entries from which one guid for all of them is no guid; two may be versions of one article."""


class LinkKeys(Struct, frozen=True, gc=False):
    """A link and its hashes.

    Attributes:
        url: Canonical URL; empty if the link is not a URL.
        page: Hash of what http, https and www have in common; `NONE` without a URL.
        keys: Hashes of the URL and of its variants (`streams.text.urls.page_variants`).
    """

    url: str = ""
    page: bytes = NONE
    keys: tuple[bytes, ...] = ()


class EntryFacts(Struct, frozen=True, kw_only=True, gc=False):
    """An entry and the hashes that it is recognized by.

    Attributes:
        entry: The entry.
        link: Its link.
        keys: Keys under which earlier answers may have had its page, its own first.
        guid: Hash of its guid; `NONE` if it has none, or one that tells nothing.
        title: Hash of its title.
        published: Hash of its time of publication.
        time: Time of the last change in seconds since 1970, or a negative hash of an unreadable
            one, or `NO_TIME`.
        guid_in_link: Whether the guid is a part of the link.
    """

    entry: Entry
    link: LinkKeys
    keys: tuple[bytes, ...]
    guid: bytes
    title: bytes
    published: bytes
    time: int
    guid_in_link: bool


def facts_of(entries: Iterable[Entry]) -> list[EntryFacts]:
    """Return the facts of the entries of one answer; a guid that tells nothing is left out.

    A guid tells nothing if entries with different links and words have it, or all entries.
    """
    facts = [_facts(entry) for entry in entries]
    useless = _useless_guids(facts)
    return [_without_guid(each) if each.guid in useless else each for each in facts]


def shared_pages(facts: Sequence[EntryFacts]) -> set[bytes]:
    """Return the pages to which several different entries of one answer link.

    Entries differ if their guids and words do, or, without a guid, their titles or times. An
    article that is listed twice, or in two versions, does not make its page a shared one.
    """
    groups: defaultdict[bytes, list[EntryFacts]] = defaultdict(list)
    for each in facts:
        groups[each.link.page].append(each)
    return {
        page
        for page, group in groups.items()
        if page != NONE and len(group) > 1 and _are_different(group)
    }


def name_key(entry: Entry, *, has_guid: bool) -> bytes:
    """Return the key of an entry without a link: of its guid, or of title and time."""
    name = entry.id if has_guid and entry.id else f"{entry.title}\n{entry.published}"
    return hash_of(name)


def distinction(facts: EntryFacts) -> str:
    """Return what tells an entry from others with its link: its guid, or title and time."""
    entry = facts.entry
    return entry.id if facts.guid != NONE else f"{entry.title}\n{entry.published or entry.updated}"


def hash_of(text: str) -> bytes:
    """Return eight bytes of a hash of a text."""
    return xxhash.xxh3_64_digest(text.encode("utf-8", "replace"))


def words(text: str) -> bytes:
    """Return four bytes of a hash of a text; white space makes no difference."""
    return hash_of(" ".join(text.split()))[:WORD_BYTES]


def _facts(entry: Entry) -> EntryFacts:
    link = link_keys(entry.link)
    keys = link.keys + (link_keys(entry.via).keys if entry.via else ())
    return EntryFacts(
        entry=entry,
        link=link,
        keys=keys,
        guid=hash_of(entry.id) if entry.id else NONE,
        title=words(entry.title),
        published=words(entry.published or entry.updated),
        time=_seconds(entry),
        guid_in_link=len(entry.id) >= LEAST_GUID and entry.id in entry.link,
    )


# Every poll returns the same links; making them canonical was half of the time of a poll.
@lru_cache(maxsize=32_768)
def link_keys(link: str) -> LinkKeys:
    """Return the hashes of a link."""
    try:
        url = canonical_url(link)
    except ValueError:
        return LinkKeys()
    keys = tuple(hash_of(variant) for variant in page_variants(url))
    return LinkKeys(url, hash_of(without_scheme(url)), keys)


def _seconds(entry: Entry) -> int:
    written = entry.updated or entry.published
    # Parsing a time is most of the work here, and is done already if there is only one.
    is_parsed = entry.time is not None and not (entry.updated and entry.published)
    time = entry.time if is_parsed else entry_time(written)
    if time is not None:
        return int(time.astimezone(UTC).timestamp())
    return -1 - (int.from_bytes(hash_of(written)) >> 2) if written else NO_TIME


def _useless_guids(facts: Sequence[EntryFacts]) -> set[bytes]:
    groups: defaultdict[bytes, list[EntryFacts]] = defaultdict(list)
    for each in facts:
        groups[each.guid].append(each)
    useless = set()
    for guid, group in groups.items():
        if len(group) == 1:
            continue
        titles = {each.title for each in group}
        pages = {each.link.page for each in group}
        is_everywhere = len(group) == len(facts) >= LEAST_ENTRIES and len(titles) > 1
        differ = {(each.title, each.published) for each in group}
        if is_everywhere or (len(pages) > 1 and len(differ) > 1):
            useless.add(guid)
    return useless - {NONE}


def _without_guid(facts: EntryFacts) -> EntryFacts:
    return EntryFacts(
        entry=facts.entry,
        link=facts.link,
        keys=facts.keys,
        guid=NONE,
        title=facts.title,
        published=facts.published,
        time=facts.time,
        guid_in_link=False,
    )


def _are_different(group: Sequence[EntryFacts]) -> bool:
    guids = {each.guid for each in group}
    if guids == {NONE}:
        return len({(each.title, each.published) for each in group}) > 1
    if len(guids) == 1:
        return False
    texts = {(each.title, each.published, _text(each.entry)) for each in group}
    return len(texts) > 1


def _text(entry: Entry) -> bytes:
    return words(entry.content or entry.summary)
