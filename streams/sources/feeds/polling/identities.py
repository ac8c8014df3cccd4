"""The identities of a feed's recent entries, as its state stores them."""

import struct
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from uuid import UUID

_LAYOUT: Final = struct.Struct(">8s8s8s16s4s4sqB")

SHARED_PAGE: Final = 1
GUID_IN_LINK: Final = 2
FOREIGN: Final = 4
"""The feed may not speak for the publisher of the link."""
CLAIMED: Final = 8
"""The words of such a feed were delivered, not the page."""

NO_ID: Final = bytes(16)


class EntryIdentity(NamedTuple):
    """What is remembered of an entry, to recognize it with another link or guid.

    Attributes:
        key: Its key among the known entries.
        page: Hash of its link; see `streams.sources.feeds.polling.entry_facts.LinkKeys.page`.
        guid: Hash of its guid; `entry_facts.NONE` if it has none, or one that tells nothing.
        article: Id of its article, as bytes; `NO_ID` if unknown.
        title: Hash of its title.
        published: Hash of its time of publication.
        time: Time of the last change; see `EntryFacts.time`.
        flags: `SHARED_PAGE`, `GUID_IN_LINK`, `FOREIGN`, `CLAIMED`.
    """

    key: bytes
    page: bytes
    guid: bytes
    article: bytes
    title: bytes
    published: bytes
    time: int
    flags: int

    @property
    def article_id(self) -> str:
        """The id of the article; empty if unknown."""
        return "" if self.article == NO_ID else str(UUID(bytes=self.article))

    @property
    def has_shared_page(self) -> bool:
        """Whether other entries had the same link."""
        return bool(self.flags & SHARED_PAGE)


def pack(identities: Iterable[EntryIdentity]) -> bytes:
    """Return identities as bytes.

    Examples:
        >>> key, id_ = bytes(8), NO_ID
        >>> one = EntryIdentity(key, key, key, id_, b"rain", b"noon", 7, GUID_IN_LINK)
        >>> unpack(pack([one])) == [one]
        True
    """
    return b"".join(_LAYOUT.pack(*identity) for identity in identities)


def unpack(data: bytes) -> list[EntryIdentity]:
    """Return the identities in bytes; an incomplete one at the end is ignored."""
    whole = len(data) - len(data) % _LAYOUT.size
    return [EntryIdentity(*values) for values in _LAYOUT.iter_unpack(data[:whole])]


def with_delivery(data: bytes, delivered: Mapping[bytes, int]) -> bytes:
    """Return identities with what was delivered of some entries.

    Args:
        data: Identities as bytes.
        delivered: `FOREIGN` and `CLAIMED`, or 0, by the entry's key.
    """
    if not delivered:
        return data
    return pack(
        row._replace(flags=row.flags & ~(FOREIGN | CLAIMED) | delivered[row.key])
        if row.key in delivered
        else row
        for row in unpack(data)
    )


def shared_keys(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the keys of entries that other feeds need not deliver again.

    Returns:
        Those whose article their publisher's feed delivered; and those whose page was delivered
        because of another feed, which feeds of the publisher deliver nevertheless: the page may
        turn out to be none, and then that feed's words would take the place of the publisher's.
    """
    rows = unpack(data)
    own = [row.key for row in rows if not row.flags & (FOREIGN | CLAIMED)]
    return own, [row.key for row in rows if row.flags & FOREIGN and not row.flags & CLAIMED]
