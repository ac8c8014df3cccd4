"""Find the new entries of a feed, and record the entries that were seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import xxhash

from streams.sources.feeds.parsing.model import Entry
from streams.text.urls import canonical_url

KEY_BYTES: Final = 8
VERSION_BYTES: Final = 4
SIZE: Final = KEY_BYTES + VERSION_BYTES

MAX_KNOWN: Final = 4000
"""Number of entries stored for a feed: two responses of the largest size (`parse.MAX_ENTRIES`)."""


@dataclass(frozen=True, slots=True)
class NewEntries:
    """The differences between a response and the entries seen before.

    Attributes:
        new: Entries never seen, oldest first if the feed has the newest first.
        changed: Entries whose title or time of change differs from what was seen.
        known: Keys and versions of the entries seen, for the feed's state.
        overlaps: Whether an entry was seen before; if not, some may have been missed.
    """

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    known: bytes
    overlaps: bool


def entry_key(entry: Entry) -> bytes:
    """Return the key of an entry: eight bytes of a hash.

    The key is made from the canonical URL of the page, or else the id, or else title and time
    of publication.

    Examples:
        >>> entry = Entry(id="1", link="https://news.test/a?utm_source=rss")
        >>> entry_key(entry) == entry_key(Entry(id="2", link="https://news.test/a"))
        True
    """
    if key := _link_key(entry.link):
        return key
    name = entry.id or f"{entry.title}\n{entry.published}"
    return xxhash.xxh3_64_digest(name.encode("utf-8", "replace"))


# Every poll returns the same links; making them canonical was half of the time of a poll.
@lru_cache(maxsize=65_536)
def _link_key(link: str) -> bytes:
    """Return the key of a page; empty if the link is not a URL."""
    try:
        return xxhash.xxh3_64_digest(canonical_url(link).encode("utf-8", "replace"))
    except ValueError:
        return b""


def entry_version(entry: Entry) -> bytes:
    """Return a hash of an entry's title and time of change, four bytes.

    The text is not part of it: counters and advertisements would make every poll a revision.
    """
    text = f"{' '.join(entry.title.split())}\n{entry.updated or entry.published}"
    return xxhash.xxh3_64_digest(text.encode("utf-8", "replace"))[:VERSION_BYTES]


def entry_mark(entry: Entry) -> bytes:
    """Return key and version of an entry, as stored in a feed's state."""
    return entry_key(entry) + entry_version(entry)


def new_entries(entries: Iterable[Entry], known: bytes) -> NewEntries:
    """Compare the entries of a response with those seen before.

    Idempotent: with the returned ``known``, the same entries are not new.

    Args:
        entries: Entries of a response.
        known: Keys and versions from the feed's state; an incomplete one at the end is ignored.
    """
    versions = _unpacked(known)
    new: list[Entry] = []
    changed: list[Entry] = []
    overlaps = False
    for entry in entries:
        key, version = entry_key(entry), entry_version(entry)
        before = versions.pop(key, None)
        # Moved to the end: entries that are still in the feed must be removed last.
        versions[key] = version
        overlaps = overlaps or before is not None
        if before is None:
            new.append(entry)
        elif before != version:
            changed.append(entry)
    latest = list(versions.items())[-MAX_KNOWN:]
    return NewEntries(
        new=tuple(reversed(new)),
        changed=tuple(changed),
        known=b"".join(key + version for key, version in latest),
        overlaps=overlaps,
    )


def _unpacked(known: bytes) -> dict[bytes, bytes]:
    n_bytes = len(known) - len(known) % SIZE
    return {
        known[start : start + KEY_BYTES]: known[start + KEY_BYTES : start + SIZE]
        for start in range(0, n_bytes, SIZE)
    }
