"""The tokens in force: what a request shows in, what it may do out."""

import hmac
from pathlib import Path

import structlog

from streams.config.tokens import ApiToken, token_digest
from streams.config.tokens_file import read_tokens
from streams.errors import UsageError

log = structlog.get_logger()


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
        self._by_digest: dict[str, ApiToken] = {}
        self._read()

    def __len__(self) -> int:
        """How many there are."""
        self._renew()
        return len(self._by_digest)

    def find(self, secret: str) -> ApiToken | None:
        """Give the token that a request shows; None if there is none such.

        Takes the same time for every wrong one: only digests are looked up, and whoever guesses
        does not choose the digest of a guess.
        """
        self._renew()
        shown = token_digest(secret)
        token = self._by_digest.get(shown)
        kept = token.sha256 if token else token_digest("")
        return token if hmac.compare_digest(kept, shown) else None

    def knows(self, name: str) -> bool:
        """Whether there is a token of this name."""
        self._renew()
        return any(token.name == name for token in self._by_digest.values())

    def holds(self, token: ApiToken) -> bool:
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
