"""Which entries of an answer are new: entries and what is known in, both brought up to date out."""

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
"""Entries remembered of a feed: two answers of the largest size (`parse.MAX_ENTRIES`)."""


@dataclass(frozen=True, slots=True)
class NewEntries:
    """What an answer has that the last ones had not.

    Attributes:
        new: Entries never seen, oldest first where the feed has the newest first.
        changed: Entries whose title or time of change differs from what was seen.
        known: What is known now, for the feed's state.
        overlaps: Whether any entry was known; if not, some may have been missed.
    """

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    known: bytes
    overlaps: bool


def entry_key(entry: Entry) -> bytes:
    """Name an entry in eight bytes: by its page's canonical URL, else by its id, else its title.

    Examples:
        >>> one = Entry(id="1", link="https://news.test/a?utm_source=rss")
        >>> entry_key(one) == entry_key(Entry(id="2", link="https://news.test/a"))
        True
    """
    if key := _link_key(entry.link):
        return key
    name = entry.id or f"{entry.title}\n{entry.published}"
    return xxhash.xxh3_64_digest(name.encode("utf-8", "replace"))


# Every poll brings the same links again; making them canonical was half of what a poll took.
@lru_cache(maxsize=65_536)
def _link_key(link: str) -> bytes:
    """Name a page; empty where the link is none."""
    try:
        return xxhash.xxh3_64_digest(canonical_url(link).encode("utf-8", "replace"))
    except ValueError:
        return b""


def entry_version(entry: Entry) -> bytes:
    """Name what an entry says of itself: title and time of change.

    Not its text: counters and advertisements in it would make every poll a revision.
    """
    said = f"{' '.join(entry.title.split())}\n{entry.updated or entry.published}"
    return xxhash.xxh3_64_digest(said.encode("utf-8", "replace"))[:VERSION_BYTES]


def entry_mark(entry: Entry) -> bytes:
    """Write an entry as `new_entries` remembers it."""
    return entry_key(entry) + entry_version(entry)


def new_entries(entries: Iterable[Entry], known: bytes) -> NewEntries:
    """Tell what is new.

    Idempotent: with the ``known`` that it gives, the same entries are no news.

    Args:
        entries: Of an answer.
        known: Of the feed's state; what is malformed at its end is left out.
    """
    versions = _unpacked(known)
    new: list[Entry] = []
    changed: list[Entry] = []
    overlaps = False
    for entry in entries:
        key, version = entry_key(entry), entry_version(entry)
        before = versions.pop(key, None)
        # At the end again: what is still in the feed must not be forgotten first.
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
    whole = len(known) - len(known) % SIZE
    return {
        known[start : start + KEY_BYTES]: known[start + KEY_BYTES : start + SIZE]
        for start in range(0, whole, SIZE)
    }
