"""Tokens: what one may do, and how it is made and kept."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

import msgspec

PREFIX: Final = "news_"
"""Begins every token, so that scanners for leaked secrets can find one."""

SECRET_BYTES: Final = 32
"""Chance in a token: 256 bits, so a plain SHA-256 of it cannot be turned round by guessing."""


class Scope(StrEnum):
    """What a token may do."""

    PUSH = "push"
    """Send articles."""
    ALERTS = "alerts"
    """Save searches, and receive the alerts of its own."""
    ADMIN = "admin"
    """Everything, and see the searches of all."""
    FEED = "feed"
    """Read the feed of one search; its token may stand in a URL."""


class ApiToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of a token.

    Attributes:
        name: Whose it is.
        sha256: Of the token, in hexadecimal.
        scopes: What it may do.
        created: When it was made.
        search: The search whose feed it opens, for the scope ``feed``; else empty.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._:-]{0,79}$")]
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1)]
    created: Annotated[datetime, msgspec.Meta(tz=True)]
    search: str = ""

    def may(self, scope: Scope) -> bool:
        """Whether it may do this."""
        return scope in self.scopes or (Scope.ADMIN in self.scopes and scope is not Scope.FEED)

    @property
    def sees_all(self) -> bool:
        """Whether it sees the searches of all tokens."""
        return Scope.ADMIN in self.scopes


def new_token(
    name: str, scopes: Iterable[Scope], *, created: datetime, search: str = ""
) -> tuple[str, ApiToken]:
    """Make a token: itself, to be shown once, and what is kept of it."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    kept = ApiToken(
        name=name,
        sha256=token_digest(secret),
        scopes=tuple(dict.fromkeys(scopes)),
        created=created,
        search=search,
    )
    return secret, kept


def token_digest(secret: str) -> str:
    """Give what is kept of a token."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
