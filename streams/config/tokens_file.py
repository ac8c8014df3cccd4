"""Read, write and watch the file of tokens; one process changes it at a time."""

import hmac
import json
import os
import re
import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from streams.config.tokens import ApiToken, Scope, new_token, token_digest
from streams.config.toml_tables import TomlFile, unknown
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.records import Subscription
from streams.runtime.file_lock import hold_lock
from streams.runtime.regular_file import read_text
from streams.text.urls import host_of

TOKEN_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
"""Name of a token chosen by a user: the owner of its searches and the source of its articles."""

HEAD: Final = "# Written by `streams tokens`; the tokens themselves are not stored.\n"


GRANTABLE_SCOPES: Final = (Scope.PUSH, Scope.ALERTS, Scope.ADMIN)
"""Scopes that `streams tokens add` grants; the search itself grants the scope ``feed``."""


REMEDY: Final = "repair it, or remove the file and create new tokens"
"""Remedy in errors; the file is written by a program and rarely edited."""


def parse_tokens(text: str, *, file: object) -> tuple[ApiToken, ...]:
    """Parse the text of a file of tokens.

    Raises:
        UsageError: If the text is invalid; the message names file and field.
    """
    toml = TomlFile(text, file)
    for key in toml.tables:
        if key != "token":
            raise toml.problem(f"{unknown(key, ('token',))}; {REMEDY}", key=key)
    tokens: dict[str, ApiToken] = {}
    for table, line in toml.blocks("token", remedy=f"expected [[token]]; {REMEDY}"):
        remedies = dict.fromkeys(ApiToken.__struct_fields__, REMEDY)
        token = toml.convert(table, ApiToken, remedies=remedies, start=line)
        if token.name in tokens:
            message = f"two tokens are called {token.name}: remove one"
            raise toml.problem(message, key="name", start=line)
        tokens[token.name] = token
    return tuple(tokens.values())


def tokens_text(tokens: Iterable[ApiToken]) -> str:
    """Return the text of a file of tokens; `parse_tokens` is the inverse."""
    blocks = []
    for token in tokens:
        scopes = ", ".join(f'"{scope}"' for scope in token.scopes)
        search = f'search = "{token.search}"\n' if token.search else ""
        if token.owner is not None:
            search += f"owner = {_spelled(token.owner)}\n"
        if token.speaks_for:
            names = ", ".join(f'"{name}"' for name in token.speaks_for)
            search += f"speaks_for = [{names}]\n"
        if token.search_created is not None:
            search += f"search_created = {token.search_created.isoformat()}\n"
        blocks.append(
            f'\n[[token]]\nname = "{token.name}"\nsha256 = "{token.sha256}"\n'
            f"scopes = [{scopes}]\ncreated = {token.created.isoformat()}\n{search}"
        )
    return HEAD + "".join(blocks)


def _spelled(text: str) -> str:
    """Return a text as a string of TOML: as in JSON, and without a bare DEL character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_tokens(path: Path) -> tuple[ApiToken, ...]:
    """Read a file of tokens; return none if the file does not exist.

    Raises:
        UsageError: If the file is invalid, or users other than its owner may write it.
    """
    try:
        if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise UsageError(f"{path}: other users may write it and add tokens; run chmod 600")
        return parse_tokens(read_text(path, encoding="utf-8"), file=path)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None


class WatchedTokens:
    """The current tokens of a file; a change takes effect with the next request.

    Args:
        path: The file; a missing file contains no tokens.

    Raises:
        UsageError: If the file is invalid.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = WatchedFile(path, lambda: {token.sha256: token for token in read_tokens(path)})

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self._by_digest())

    def find(self, secret: str) -> ApiToken | None:
        """Return the token that a request presents; None if there is no such token.

        Takes the same time for every wrong secret: only digests are looked up, and an attacker
        cannot choose the digest of a guess.
        """
        presented = token_digest(secret)
        token = self._by_digest().get(presented)
        stored = token.sha256 if token else token_digest("")
        return token if hmac.compare_digest(stored, presented) else None

    def has_name(self, name: str) -> bool:
        """Return whether there is a token with this name."""
        return any(token.name == name for token in self._by_digest().values())

    def is_valid(self, token: ApiToken) -> bool:
        """Return whether a token that was found earlier is still in the file, unchanged."""
        return self._by_digest().get(token.sha256) == token

    def _by_digest(self) -> dict[str, ApiToken]:
        self._file.refresh()
        return self._file.value


def change_tokens(
    path: Path, change: Callable[[tuple[ApiToken, ...]], Iterable[ApiToken]]
) -> tuple[ApiToken, ...]:
    """Change a file of tokens under a lock; readers see the old or the new file, never a mix.

    Args:
        path: The file; created if it does not exist, readable by its owner only.
        change: Returns the new tokens for the current ones.

    Returns:
        The new tokens.

    Raises:
        UsageError: If the file is invalid.
    """
    with hold_lock(path.with_suffix(".lock")):
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


def add_token(
    path: Path,
    name: str,
    scopes: Iterable[str],
    *,
    created: datetime,
    speaks_for: Iterable[str] = (),
) -> tuple[str, ApiToken]:
    """Create a token and store its digest in a file.

    Returns:
        The secret, and the stored token.

    Raises:
        UsageError: If the name is invalid or taken, a scope does not exist, or a domain is none.
    """
    publishers = check_publishers(speaks_for)
    if not TOKEN_NAME.fullmatch(name):
        raise UsageError(f"{name!r}: expected 1 to 60 of a-z, 0-9, dot, hyphen and underscore")
    requested = tuple(scopes)
    wrong = next((scope for scope in requested if scope not in GRANTABLE_SCOPES), None)
    if wrong is not None:
        raise UsageError(f"--scope {wrong}: expected {', '.join(GRANTABLE_SCOPES)}")
    secret, added = new_token(name, map(Scope, requested), created=created, speaks_for=publishers)

    def with_added(tokens: tuple[ApiToken, ...]) -> Iterable[ApiToken]:
        if any(token.name == name for token in tokens):
            raise UsageError(f"{name}: a token with this name exists; remove it, or use another")
        return (*tokens, added)

    change_tokens(path, with_added)
    return secret, added


def check_publishers(domains: Iterable[str]) -> tuple[str, ...]:
    """Return domains as the file spells them.

    Raises:
        UsageError: If one is neither a domain nor ``*``.

    Examples:
        >>> check_publishers(["News.test", "*"])
        ('news.test', '*')
    """
    spelled = tuple(
        domain if domain == "*" else host_of(f"https://{domain}/") for domain in domains
    )
    for domain, name in zip(domains, spelled, strict=True):
        if not name or (name != "*" and "/" in domain):
            raise UsageError(f"--speaks-for {domain}: expected a domain such as news.test, or *")
    return spelled


def set_publishers(path: Path, name: str, domains: Iterable[str]) -> ApiToken:
    """Set for whose publishers the holder of a token may speak; the secret stays.

    Raises:
        UsageError: If there is no token with this name, or a domain is none.
    """
    publishers = check_publishers(domains)

    def changed(tokens: tuple[ApiToken, ...]) -> Iterable[ApiToken]:
        if all(token.name != name for token in tokens):
            known = ", ".join(token.name for token in tokens) or "none"
            raise UsageError(f"there is no token {name}; there are: {known}")
        return [
            msgspec.structs.replace(token, speaks_for=publishers) if token.name == name else token
            for token in tokens
        ]

    return next(token for token in change_tokens(path, changed) if token.name == name)


def remove_token(path: Path, name: str) -> None:
    """Remove a token from a file.

    Raises:
        UsageError: If there is no token with this name.
    """

    def without_name(tokens: tuple[ApiToken, ...]) -> Iterable[ApiToken]:
        rest = tuple(token for token in tokens if token.name != name)
        if len(rest) == len(tokens):
            known = ", ".join(token.name for token in tokens) or "none"
            raise UsageError(f"there is no token {name}; there are: {known}")
        return rest

    change_tokens(path, without_name)


def replace_feed_token(path: Path, search: Subscription, *, created: datetime) -> str:
    """Create a token for the feed of a search, replace the previous one, and return it."""
    name = f"feed:{search.id}"
    secret, added = new_token(name, [Scope.FEED], created=created, search=search)
    change_tokens(path, lambda tokens: (*(other for other in tokens if other.name != name), added))
    return secret


def delete_feed_token(path: Path, search_id: str) -> None:
    """Remove the token of a search's feed, if there is one."""
    name = f"feed:{search_id}"
    if any(token.name == name for token in read_tokens(path)):
        change_tokens(path, lambda tokens: [other for other in tokens if other.name != name])
