"""API tokens: scopes, creation, and the digest that is stored."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

import msgspec

from streams.records import Subscription

PREFIX: Final = "news_"
"""Prefix of every token, so that scanners for leaked secrets can find them."""

SECRET_BYTES: Final = 32
"""Random bytes in a token: with 256 bits, a plain SHA-256 cannot be inverted by guessing."""


Publisher = Annotated[str, msgspec.Meta(pattern=r"^(\*|[a-z0-9][a-z0-9.-]{0,252})$")]
"""A domain in lower case and IDNA, or ``*``."""


class Scope(StrEnum):
    """A permission of a token."""

    PUSH = "push"
    """Send articles."""
    ALERTS = "alerts"
    """Save searches, and receive their alerts."""
    ADMIN = "admin"
    """Everything, including the searches of all tokens."""
    FEED = "feed"
    """Read the feed of one search; this token may be part of a URL."""


class ApiToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The stored part of a token.

    Attributes:
        name: Name of the token.
        sha256: SHA-256 of the token in hexadecimal.
        scopes: Permissions of the token.
        created: Time of creation.
        search: Id of the search whose feed it opens, for the scope ``feed``; otherwise empty.
        owner: Owner of that search when the token was created; None for tokens of feeds created
            before this field existed.
        speaks_for: Domains whose publishers the holder may speak for with the scope ``push``, or
            ``*`` for all. Articles of others that it sends are its claims.
        search_created: Time at which that search was created; None if unknown.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._:-]{0,79}$")]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1)]
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    search: str = ""
    owner: str | None = None
    search_created: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    speaks_for: tuple[Publisher, ...] = ()

    def may(self, scope: Scope) -> bool:
        """Return whether the token has a permission."""
        return scope in self.scopes or (Scope.ADMIN in self.scopes and scope is not Scope.FEED)

    def opens_feed_of(self, search: Subscription) -> bool:
        """Return whether the token opens the feed of a search.

        It ends with the search for which it was created: another search under the same id, or
        another owner, is not meant.
        """
        if not self.may(Scope.FEED) or self.search != search.id:
            return False
        if self.owner is None:
            return search.created is None
        return (self.owner, self.search_created) == (search.owner, search.created)

    @property
    def publishers(self) -> tuple[str, ...]:
        """The domains whose publishers it may speak for; an administrator's speaks for all."""
        return ("*",) if Scope.ADMIN in self.scopes else self.speaks_for

    @property
    def sees_all(self) -> bool:
        """Whether the token may read the searches of all tokens."""
        return Scope.ADMIN in self.scopes


def new_token(
    name: str,
    scopes: Iterable[Scope],
    *,
    created: datetime,
    search: Subscription | None = None,
    speaks_for: Iterable[str] = (),
) -> tuple[str, ApiToken]:
    """Create a token; return the secret, to be shown once, and the part to store.

    Args:
        name: Name of the token.
        scopes: Permissions of the token.
        created: Time of creation.
        search: The search whose feed it opens, for the scope ``feed``.
        speaks_for: Domains whose publishers it may speak for, or ``*``.
    """
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        name=name,
        sha256=token_digest(secret),
        scopes=tuple(dict.fromkeys(scopes)),
        created=created,
        search=search.id if search else "",
        owner=search.owner if search else None,
        search_created=search.created if search else None,
        speaks_for=tuple(dict.fromkeys(speaks_for)),
    )
    return secret, token


def token_digest(secret: str) -> str:
    """Return the SHA-256 of a token in hexadecimal."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
