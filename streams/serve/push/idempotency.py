"""Requests by their Idempotency-Key: the answer that was given before, or none yet."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from streams.records.topics import MIB
from streams.serve.problems import problem, try_again

MAX_ANSWERS_BYTES: Final = 16 * MIB
"""Answers that are kept: that of one article has some 150 bytes, of 10,000 some 1 MB."""

MAX_KEY_CHARS: Final = 200
"""Longest key; a UUID has 36."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer that was given.

    Attributes:
        status: HTTP status.
        body: JSON.
    """

    status: int
    body: bytes


class IdempotencyCache:
    """Remembers answers by owner and key, the latest so many bytes of them.

    References:
        draft-ietf-httpapi-idempotency-key-header-07: the same key with another body is 422, while
        the first request is under way 409, else the first answer again.
    """

    def __init__(self, *, max_bytes: int = MAX_ANSWERS_BYTES) -> None:
        """Remember none."""
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._kept: OrderedDict[tuple[str, str], tuple[bytes, CachedAnswer]] = OrderedDict()
        self._open: set[tuple[str, str]] = set()

    def find(self, owner: str, key: str, body: bytes) -> CachedAnswer | None:
        """Give the answer to the first request of this key.

        Raises:
            ProblemDetailsException: 409 while it is under way, 422 if it had another body.
        """
        if (owner, key) in self._open:
            raise try_again(409, "a request with this Idempotency-Key is under way", seconds=1)
        digest, answer = self._kept.get((owner, key), (b"", None))
        if answer is not None and digest != _digest(body):
            raise problem(422, "this Idempotency-Key came with another body: use a new key")
        return answer

    @contextmanager
    def under_way(self, owner: str, key: str) -> Iterator[None]:
        """Mark a request as under way while the body runs."""
        self._open.add((owner, key))
        try:
            yield
        finally:
            self._open.discard((owner, key))

    def keep(self, owner: str, key: str, body: bytes, answer: CachedAnswer) -> None:
        """Remember an answer; the oldest may be forgotten."""
        self._kept[owner, key] = (_digest(body), answer)
        self._n_bytes += len(answer.body)
        while self._n_bytes > self._max_bytes:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._n_bytes -= len(oldest.body)


def check_key(header: str | None) -> str:
    """Give the key of a request; empty if it has none.

    Raises:
        ProblemDetailsException: 400 if it cannot be used.
    """
    key = (header or "").strip()
    if len(key) > MAX_KEY_CHARS or not key.isprintable():
        raise problem(400, f"Idempotency-Key: expected 1 to {MAX_KEY_CHARS} printable characters")
    return key


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()
