"""The file of tokens: its text to tokens and back, changed by one process at a time."""

import hmac
import os
import re
import stat
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from streams.config.tokens import ApiToken, Scope, new_token, token_digest
from streams.config.toml_tables import TomlFile, unknown
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.runtime.file_lock import hold_lock

TOKEN_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
"""What a token may be called by a person; it is the owner of searches and a source of articles."""

HEAD: Final = "# Written by `streams tokens`; the tokens themselves are kept nowhere.\n"


GIVEN: Final = (Scope.PUSH, Scope.ALERTS, Scope.ADMIN)
"""What `streams tokens add` gives; the scope ``feed`` comes from the search itself."""


REMEDY: Final = "mend it, or remove the file and make new tokens"
"""The file is written by a program; people seldom change it."""


def parse_tokens(text: str, *, file: object) -> tuple[ApiToken, ...]:
    """Read the text of a file of tokens.

    Raises:
        UsageError: If it cannot be used; the message names file and field.
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
            said = f"two tokens are called {token.name}: remove one"
            raise toml.problem(said, key="name", start=line)
        tokens[token.name] = token
    return tuple(tokens.values())


def tokens_text(tokens: Iterable[ApiToken]) -> str:
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


def read_tokens(path: Path) -> tuple[ApiToken, ...]:
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


class WatchedTokens:
    """The tokens of a file as it is now: a change is in force with the next request.

    Args:
        path: Their file; one that is not there holds none.

    Raises:
        UsageError: If the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = WatchedFile(path, lambda: {token.sha256: token for token in read_tokens(path)})

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_digest())

    def find(self, secret: str) -> ApiToken | None:
        """Return the token that a request presents; None if there is no such token.

        Takes the same time for every wrong one: only digests are looked up, and whoever guesses
        does not choose the digest of a guess.
        """
        shown = token_digest(secret)
        token = self._by_digest().get(shown)
        kept = token.sha256 if token else token_digest("")
        return token if hmac.compare_digest(kept, shown) else None

    def knows(self, name: str) -> bool:
        """Return whether there is a token of this name."""
        return any(token.name == name for token in self._by_digest().values())

    def holds(self, token: ApiToken) -> bool:
        """Return whether a token that was found before is still there."""
        return self._by_digest().get(token.sha256) == token

    def _by_digest(self) -> dict[str, ApiToken]:
        self._file.refresh()
        return self._file.value


def change_tokens(
    path: Path, change: Callable[[tuple[ApiToken, ...]], Iterable[ApiToken]]
) -> tuple[ApiToken, ...]:
    """Change a file of tokens, one process at a time; readers see the former or the new one.

    Args:
        path: Made if it is not there, for its owner only.
        change: Gets the tokens of now, gives those that shall be.

    Returns:
        The tokens as they are then.

    Raises:
        UsageError: If the file cannot be used.
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
    path: Path, name: str, scopes: Iterable[str], *, created: datetime
) -> tuple[str, ApiToken]:
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

    def with_it(tokens: tuple[ApiToken, ...]) -> Iterable[ApiToken]:
        if any(token.name == name for token in tokens):
            raise UsageError(f"{name}: there is a token of that name: remove it, or choose another")
        return (*tokens, fresh)

    change_tokens(path, with_it)
    return secret, fresh


def remove_token(path: Path, name: str) -> None:
    """Remove a token from a file.

    Raises:
        UsageError: If there is none of that name.
    """

    def without_it(tokens: tuple[ApiToken, ...]) -> Iterable[ApiToken]:
        rest = tuple(token for token in tokens if token.name != name)
        if len(rest) == len(tokens):
            known = ", ".join(token.name for token in tokens) or "none"
            raise UsageError(f"there is no token {name}; there are: {known}")
        return rest

    change_tokens(path, without_it)


def replace_feed_token(path: Path, search_id: str, *, created: datetime) -> str:
    """Make the token of a search's feed, in place of a former one; give it."""
    name = f"feed:{search_id}"
    secret, fresh = new_token(name, [Scope.FEED], created=created, search=search_id)
    change_tokens(path, lambda tokens: (*(one for one in tokens if one.name != name), fresh))
    return secret


def delete_feed_token(path: Path, search_id: str) -> None:
    """Remove the token of a search's feed, if there is one."""
    name = f"feed:{search_id}"
    if any(token.name == name for token in read_tokens(path)):
        change_tokens(path, lambda tokens: [one for one in tokens if one.name != name])
