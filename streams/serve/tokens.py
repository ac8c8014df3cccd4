"""Who may do what over HTTP: tokens.toml in, the token behind a request out."""

import fcntl
import hmac
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import msgspec
import structlog

from streams.errors import UsageError

log = structlog.get_logger()

PREFIX: Final = "news_"
"""Begins every token, so that scanners for leaked secrets can find one."""

SECRET_BYTES: Final = 32
"""Chance in a token: 256 bits, so a plain SHA-256 of it cannot be turned round by guessing."""

TOKEN_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
"""What a token may be called by a person; it is the owner of searches and a source of articles."""

HEAD: Final = "# Written by `streams tokens`; the tokens themselves are kept nowhere.\n"


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


GIVEN: Final = (Scope.PUSH, Scope.ALERTS, Scope.ADMIN)
"""What `streams tokens add` gives; the scope ``feed`` comes from the search itself."""


class Token(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
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


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: tuple[Token, ...] = ()


def new_token(
    name: str, scopes: Iterable[Scope], *, created: datetime, search: str = ""
) -> tuple[str, Token]:
    """Make a token: itself, to be shown once, and what is kept of it."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    kept = Token(
        name=name,
        sha256=digest(secret),
        scopes=tuple(dict.fromkeys(scopes)),
        created=created,
        search=search,
    )
    return secret, kept


def digest(secret: str) -> str:
    """Give what is kept of a token."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def parse_tokens(text: str, *, file: object) -> tuple[Token, ...]:
    """Read the text of a file of tokens.

    Raises:
        UsageError: If it cannot be used; the message names file and field.
    """
    try:
        tokens = msgspec.convert(tomllib.loads(text), _File).token
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not valid TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise UsageError(f"{file}: {error}; mend it, or remove it and make new tokens") from None
    names = [token.name for token in tokens]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{file}: two tokens are called {twice}: remove one")
    return tokens


def tokens_text(tokens: Iterable[Token]) -> str:
    """Write tokens as the text of their file; `parse_tokens` reads the same again."""
    blocks = []
    for token in tokens:
        scopes = ", ".join(f'"{scope}"' for scope in token.scopes)
        search = f'search = "{token.search}"\n' if token.search else ""
        blocks.append(
            f'\n[[token]]\nname = "{token.name}"\nsha256 = "{token.sha256}"\n'
            f"scopes = [{scopes}]\ncreated = {token.created.isoformat()}\n{search}"
        )
    return HEAD + "".join(blocks)


def read_tokens(path: Path) -> tuple[Token, ...]:
    """Read a file of tokens; one that is not there holds none.

    Raises:
        UsageError: If it cannot be used, or others than its owner may write it.
    """
    try:
        if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise UsageError(f"{path}: others may write it, and with it new tokens: chmod 600")
        return parse_tokens(path.read_text(encoding="utf-8"), file=path)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None


def change_tokens(
    path: Path, change: Callable[[tuple[Token, ...]], Iterable[Token]]
) -> tuple[Token, ...]:
    """Change a file of tokens, one process at a time; readers see the former or the new one.

    Args:
        path: Made if it is not there, for its owner only.
        change: Gets the tokens of now, gives those that shall be.

    Returns:
        The tokens as they are then.

    Raises:
        UsageError: If the file cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tokens = tuple(change(read_tokens(path)))
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(tokens_text(tokens))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return tokens


def added_token(
    path: Path, name: str, scopes: Iterable[str], *, created: datetime
) -> tuple[str, Token]:
    """Make a token and keep its digest in a file.

    Raises:
        UsageError: If the name cannot be used or is taken, or there is no such scope.
    """
    if not TOKEN_NAME.fullmatch(name):
        raise UsageError(f"{name!r}: expected 1 to 60 of a-z, 0-9, dot, hyphen and underscore")
    given = tuple(scopes)
    wrong = next((scope for scope in given if scope not in GIVEN), None)
    if wrong is not None:
        raise UsageError(f"--scope {wrong}: expected {', '.join(GIVEN)}")
    secret, fresh = new_token(name, map(Scope, given), created=created)

    def with_it(tokens: tuple[Token, ...]) -> Iterable[Token]:
        if any(token.name == name for token in tokens):
            raise UsageError(f"{name}: there is a token of that name: remove it, or choose another")
        return (*tokens, fresh)

    change_tokens(path, with_it)
    return secret, fresh


def removed_token(path: Path, name: str) -> None:
    """Remove a token from a file.

    Raises:
        UsageError: If there is none of that name.
    """

    def without_it(tokens: tuple[Token, ...]) -> Iterable[Token]:
        rest = tuple(token for token in tokens if token.name != name)
        if len(rest) == len(tokens):
            known = ", ".join(token.name for token in tokens) or "none"
            raise UsageError(f"there is no token {name}; there are: {known}")
        return rest

    change_tokens(path, without_it)


class WatchedTokens:
    """The tokens of a file as it is now: a change is in force with the next request.

    A file that cannot be used leaves the former tokens in force, and says so in the log.
    """

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            UsageError: If it cannot be used.
        """
        self.path = path
        self._seen: object = None
        self._by_digest: dict[str, Token] = {}
        self._read()

    def __len__(self) -> int:
        """How many there are."""
        self._renew()
        return len(self._by_digest)

    def find(self, secret: str) -> Token | None:
        """Give the token that a request shows; None if there is none such.

        Takes the same time for every wrong one: only digests are looked up, and whoever guesses
        does not choose the digest of a guess.
        """
        self._renew()
        shown = digest(secret)
        token = self._by_digest.get(shown)
        kept = token.sha256 if token else digest("")
        return token if hmac.compare_digest(kept, shown) else None

    def holds(self, token: Token) -> bool:
        """Whether a token that was found before is there still."""
        self._renew()
        return self._by_digest.get(token.sha256) == token

    def _renew(self) -> None:
        if self._state() == self._seen:
            return
        try:
            self._read()
        except UsageError as error:
            log.critical("tokens not taken over; the former ones stay in force", problem=str(error))

    def _read(self) -> None:
        self._seen = self._state()
        self._by_digest = {token.sha256: token for token in read_tokens(self.path)}

    def _state(self) -> object:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
