"""Find the new entries of a feed, and record the entries that were seen."""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import xxhash

from streams.records import article_id
from streams.sources.feeds.parsing.model import Entry
from streams.sources.feeds.polling.entry_facts import (
    KEY_BYTES,
    NO_TIME,
    NONE,
    EntryFacts,
    distinction,
    facts_of,
    hash_of,
    name_key,
    shared_pages,
)
from streams.sources.feeds.polling.identities import (
    CLAIMED,
    FOREIGN,
    GUID_IN_LINK,
    NO_ID,
    SHARED_PAGE,
    EntryIdentity,
    pack,
    unpack,
)
from streams.text.urls import page_variants

VERSION_BYTES: Final = 4
SIZE: Final = KEY_BYTES + VERSION_BYTES

MAX_KNOWN: Final = 4000
"""Number of entries stored for a feed: two responses of the largest size (`parse.MAX_ENTRIES`)."""

LEAST_IDENTITIES: Final = 100
MAX_IDENTITIES: Final = 2000
"""Number of entries whose identity is stored: those of two responses, within these limits. Servers
behind one address answer from caches of different age."""

REQUEST_TIME: Final = timedelta(minutes=5)
"""A date this near to the request may be the time of the request. A change that is not believed
for this reason is found by the next poll, if the date is still the same."""

MOVED_SHARE: Final = 0.8
"""Share of the known entries of an answer, at least two, whose dates moved without their titles:
then the feed was generated again, and its articles were not. New entries are not counted."""


@dataclass(frozen=True, slots=True)
class IdentifiedEntry:
    """An entry and what it is known by.

    Attributes:
        entry: The entry.
        key: Key in the feed's state: eight bytes of a hash.
        version: Hash of title and time of change, four bytes.
        keys: All keys under which another feed may have delivered its article.
        article_id: Id of its article; empty if it is made from the URL as that of any article.
        has_own_page: Whether its link leads to its own page, and not to one for several entries.
    """

    entry: Entry
    key: bytes
    version: bytes
    keys: tuple[bytes, ...]
    article_id: str = ""
    has_own_page: bool = True

    @property
    def mark(self) -> bytes:
        """Key and version, as stored in a feed's state."""
        return self.key + self.version

    def is_in(self, keys: Container[bytes]) -> bool:
        """Return whether the entry is among entries with these keys."""
        return any(key in keys for key in self.keys)


@dataclass(frozen=True, slots=True)
class NewEntries:
    """The differences between a response and the entries seen before.

    Attributes:
        new: Entries never seen, oldest first if the feed has the newest first.
        changed: Entries whose title or time of change differs from what was seen.
        known: Keys and versions of the entries seen, for the feed's state.
        identities: Identities of the recent entries, for the feed's state.
        overlaps: Whether an entry was seen before; if not, some may have been missed.
    """

    new: tuple[IdentifiedEntry, ...]
    changed: tuple[IdentifiedEntry, ...]
    known: bytes
    identities: bytes
    overlaps: bool

    def without(
        self, postponed: Collection[bytes], *, known: bytes, identities: bytes
    ) -> tuple[bytes, bytes]:
        """Return known entries and identities as if some entries had not been in the response.

        Args:
            postponed: Keys of these entries; their articles are delivered later.
            known: Known entries before the response.
            identities: Identities before the response.
        """
        if not postponed:
            return self.known, self.identities
        versions, before = _unpacked(self.known), _unpacked(known)
        rows = {row.key: row for row in unpack(self.identities)}
        rows_before = {row.key: row for row in unpack(identities)}
        for key in postponed:
            versions.pop(key, None)
            rows.pop(key, None)
            if key in before:
                versions[key] = before[key]
            if key in rows_before:
                rows[key] = rows_before[key]
        return _packed(versions), pack(rows.values())


def entry_version(entry: Entry) -> bytes:
    """Return a hash of an entry's title and time of change, four bytes.

    The text is not part of it: counters and advertisements would make every poll a revision.
    """
    text = f"{' '.join(entry.title.split())}\n{entry.updated or entry.published}"
    return xxhash.xxh3_64_digest(text.encode("utf-8", "replace"))[:VERSION_BYTES]


def new_entries(
    entries: Iterable[Entry],
    known: bytes,
    *,
    identities: bytes = b"",
    source: str = "",
    now: datetime | None = None,
) -> NewEntries:
    """Compare the entries of a response with those seen before.

    An entry is known by its link, where http and https, and ``www.``, make no difference; or by its
    guid, if its link changed. Entries of one response that share a link are known by guid, or by
    title and time. Its article keeps its id. A changed date alone is no change if it moves for all
    entries, or is the time of the request.

    Idempotent: with the returned ``known`` and ``identities``, the same entries are not new.

    Args:
        entries: Entries of a response.
        known: Keys and versions from the feed's state; an incomplete one at the end is ignored.
        identities: Identities from the feed's state.
        source: Id of the feed, for ids of articles without a URL.
        now: Time of the response.
    """
    facts = facts_of(entries)
    matcher = _Matcher(facts, _unpacked(known), unpack(identities), source)
    matches = matcher.matches()
    all_moved = _have_all_moved(matches)
    versions = matcher.versions
    rows = {row.key: row for row in matcher.rows}
    new: list[IdentifiedEntry] = []
    changed: list[IdentifiedEntry] = []
    overlaps = False
    for match in matches:
        row, version = match.row, entry_version(match.facts.entry)
        before = versions.pop(match.key, None)
        # Moved to the end: entries that are still in the feed must be removed last.
        versions[match.key] = version
        overlaps = overlaps or before is not None
        time, is_changed = match.facts.time, before is not None and before != version
        if row is not None and before is not None:
            time, is_changed = _judge_change(match.facts, row, all_moved=all_moved, now=now)
        rows.pop(match.key, None)
        article = row.article if row is not None else matcher.article(match)
        rows[match.key] = match.identity(article, time)
        if before is None:
            new.append(matcher.identified(match, version))
        elif is_changed:
            changed.append(matcher.identified(match, version))
    n_rows = min(max(LEAST_IDENTITIES, 2 * len(facts)), MAX_IDENTITIES)
    return NewEntries(
        new=tuple(reversed(new)),
        changed=tuple(changed),
        known=_packed(versions),
        identities=pack(list(rows.values())[-n_rows:]),
        overlaps=overlaps,
    )


@dataclass(frozen=True, slots=True)
class _Match:
    """An entry and its remembered identity; None if it has none."""

    facts: EntryFacts
    key: bytes
    row: EntryIdentity | None
    is_known: bool
    shares_page: bool

    def identity(self, article: bytes, time: int) -> EntryIdentity:
        """Return what to remember."""
        flags = (SHARED_PAGE * self.shares_page) | (GUID_IN_LINK * self.facts.guid_in_link)
        flags |= self.row.flags & (FOREIGN | CLAIMED) if self.row is not None else 0
        return EntryIdentity(
            key=self.key,
            page=self.facts.link.page,
            guid=self.facts.guid,
            article=article,
            title=self.facts.title,
            published=self.facts.published,
            time=time,
            flags=flags,
        )


@dataclass
class _Matcher:
    """Finds the remembered identity of each entry of a response.

    Attributes:
        facts: Entries of the response.
        versions: Versions of known entries by key.
        rows: Remembered entries, oldest first.
        source: Id of the feed.
    """

    facts: Sequence[EntryFacts]
    versions: dict[bytes, bytes]
    rows: Sequence[EntryIdentity]
    source: str
    _by_key: dict[bytes, EntryIdentity] = field(init=False)
    _by_guid: dict[bytes, EntryIdentity] = field(init=False)
    _by_words: dict[tuple[bytes, bytes, bytes], EntryIdentity] = field(init=False)
    _shared: set[bytes] = field(init=False)
    _has_known_guid: bool = field(init=False)

    def __post_init__(self) -> None:
        self._by_key = {row.key: row for row in self.rows}
        self._by_guid = {row.guid: row for row in self.rows if row.guid != NONE}
        self._by_words = {(row.page, row.title, row.published): row for row in self.rows}
        remembered = {row.page for row in self.rows if row.has_shared_page}
        self._shared = shared_pages(self.facts) | remembered
        self._has_known_guid = any(each.guid in self._by_guid for each in self.facts)

    def matches(self) -> list[_Match]:
        """Return the entries with their keys, one for each key: the latest version."""
        keys = [self._known_key(each) for each in self.facts]
        claimed = set(keys)
        are_stable = self._are_guids_stable(keys)
        best: dict[bytes, _Match] = {}
        for each, key in zip(self.facts, keys, strict=True):
            found = key or self._key_by_guid(each, claimed, are_stable=are_stable)
            match = self._match(each, found)
            before = best.get(match.key)
            if before is None or each.time > before.facts.time:
                best[match.key] = match
        return list(best.values())

    def _is_shared(self, facts: EntryFacts) -> bool:
        return facts.link.page in self._shared

    def _known_key(self, facts: EntryFacts) -> bytes:
        """Return the key under which an entry is known, without its guid if it has a page."""
        if self._is_shared(facts) or not facts.keys:
            return self._key_among_others(facts)
        return next((key for key in facts.keys if key in self.versions), b"")

    def _key_among_others(self, facts: EntryFacts) -> bytes:
        """Return the key of a known entry that shares its link, or has none."""
        key = self._own_key(facts)
        if key in self.versions:
            return key
        page = facts.link.page
        row = self._by_guid.get(facts.guid)
        # Title and time only where the feed writes new guids: another entry may have the same.
        if row is None and not self._has_known_guid and facts.time != NO_TIME:
            row = self._by_words.get((page, facts.title, facts.published))
        if row is not None and row.page == page and row.key in self.versions:
            return row.key
        return b""

    def _are_guids_stable(self, keys: Sequence[bytes]) -> bool:
        """Return whether entries that are known by their links have kept their guids."""
        rows = [self._by_key.get(key) for key in keys]
        kept = [
            row.guid == facts.guid
            for facts, row in zip(self.facts, rows, strict=True)
            if row is not None and NONE not in {row.guid, facts.guid}
        ]
        return bool(kept) and all(kept)

    def _key_by_guid(
        self, facts: EntryFacts, claimed: Container[bytes], *, are_stable: bool
    ) -> bytes:
        """Return the key of the known entry that has an entry's guid, and another link.

        A guid alone is believed if the others of the feed are stable. Otherwise title or time must
        be the same, or the guid a part of both links: some feeds number their entries by place, or
        have one guid for the latest entry.
        """
        row = self._by_guid.get(facts.guid)
        if row is None or row.key in claimed or row.key not in self.versions:
            return b""
        if self._is_shared(facts) or not facts.keys:
            return b""
        has_guid_in_links = facts.guid_in_link and row.flags & GUID_IN_LINK
        same_time = row.published == facts.published and bool(
            facts.entry.published or facts.entry.updated
        )
        if are_stable or same_time or row.title == facts.title or has_guid_in_links:
            return row.key
        return b""

    def _own_key(self, facts: EntryFacts) -> bytes:
        """Return the key of an entry that is not known."""
        if not facts.keys:
            return name_key(facts.entry, has_guid=facts.guid != NONE)
        if self._is_shared(facts):
            return hash_of(f"{facts.link.page.hex()}\n{distinction(facts)}")
        return facts.keys[0]

    def _own_id(self, facts: EntryFacts) -> str:
        """Return the id of an entry that is not known; empty if it is made from its text."""
        if facts.link.url:
            part = f"#{distinction(facts)}" if self._is_shared(facts) else ""
            return article_id(url=facts.link.url + part)
        if not facts.entry.id:
            return ""
        more = "" if facts.guid != NONE else f"\n{distinction(facts)}"
        return article_id(source=self.source, external_id=facts.entry.id + more)

    def _match(self, facts: EntryFacts, known_key: bytes) -> _Match:
        return _Match(
            facts=facts,
            key=known_key or self._own_key(facts),
            row=self._by_key.get(known_key),
            is_known=bool(known_key),
            shares_page=self._is_shared(facts),
        )

    def article(self, match: _Match) -> bytes:
        """Return the id of the article of an entry without a remembered identity, as bytes."""
        id_ = self._known_id(match) or self._own_id(match.facts)
        return bytes.fromhex(id_.replace("-", "")) if id_ else NO_ID

    def identified(self, match: _Match, version: bytes) -> IdentifiedEntry:
        """Return an entry with its keys, and its id if that is not the one of its URL or guid."""
        facts, shared = match.facts, match.shares_page
        known_id = self._known_id(match)
        has_useless_guid = facts.guid == NONE and bool(facts.entry.id) and not facts.keys
        is_made = shared or has_useless_guid
        own_id = self._own_id(facts) if known_id or is_made else ""
        return IdentifiedEntry(
            entry=facts.entry,
            key=match.key,
            version=version,
            keys=(match.key,) if shared or not facts.keys else (match.key, *facts.keys),
            article_id=known_id if known_id and known_id != own_id else own_id if is_made else "",
            has_own_page=not shared,
        )

    def _known_id(self, match: _Match) -> str:
        """Return the id of the article of a known entry; empty if unknown."""
        if match.row is not None:
            return match.row.article_id
        return self._id_of_variant(match.facts, match.key) if match.is_known else ""

    def _id_of_variant(self, facts: EntryFacts, known_key: bytes) -> str:
        """Return the id made from the spelling of the link under which an entry is known."""
        if self._is_shared(facts):
            return ""
        for key, url in zip(facts.link.keys, page_variants(facts.link.url), strict=False):
            if key == known_key:
                return article_id(url=url)
        return ""


def _have_all_moved(matches: Iterable[_Match]) -> bool:
    """Return whether the dates of nearly all known entries moved, and their titles did not."""
    same_title = [
        match.facts.time != match.row.time
        for match in matches
        if match.row is not None and match.row.title == match.facts.title
    ]
    n_moved = sum(same_title)
    return n_moved > 1 and n_moved >= MOVED_SHARE * len(same_title)


def _judge_change(
    facts: EntryFacts, row: EntryIdentity, *, all_moved: bool, now: datetime | None
) -> tuple[int, bool]:
    """Return the time to remember, and whether a known entry changed."""
    if row.title != facts.title:
        return facts.time, True
    if facts.time == row.time or facts.time < 0 <= row.time:
        return row.time, False
    if all_moved:
        return max(facts.time, row.time), False
    if facts.time < row.time and row.time >= 0:
        # Another server of the feed with an older copy.
        return row.time, False
    if now is not None and abs(facts.time - now.timestamp()) <= REQUEST_TIME.total_seconds():
        return row.time, False
    return facts.time, True


def _packed(versions: dict[bytes, bytes]) -> bytes:
    latest = list(versions.items())[-MAX_KNOWN:]
    return b"".join(key + version for key, version in latest)


def _unpacked(known: bytes) -> dict[bytes, bytes]:
    n_bytes = len(known) - len(known) % SIZE
    return {
        known[start : start + KEY_BYTES]: known[start + KEY_BYTES : start + SIZE]
        for start in range(0, n_bytes, SIZE)
    }


def known_keys(known: bytes) -> Iterable[bytes]:
    """Return the keys in the known entries of a feed's state."""
    return _unpacked(known).keys()
