"""Cache responses by Idempotency-Key."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from streams.records.topics import MIB
from streams.serve.problems import problem, try_again

MAX_ANSWERS_BYTES: Final = 16 * MIB
"""Bytes of cached responses: that of one article has some 150 bytes, of 10,000 some 1 MB."""

MAX_KEY_CHARS: Final = 200
"""Maximum length of a key; a UUID has 36."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A response.

    Attributes:
        status: HTTP status.
        body: JSON.
        topic_id: Id of the topic that has the articles; empty if none was accepted, or unknown.
    """

    status: int
    body: bytes
    topic_id: str = ""


class IdempotencyCache:
    """Caches responses by owner and key; drops the oldest when they exceed a size.

    Args:
        max_bytes: Maximum size of the cached responses.

    References:
        draft-ietf-httpapi-idempotency-key-header-07: the same key with another body is 422, during
        the first request 409, otherwise the first response is repeated.
    """

    def __init__(self, *, max_bytes: int = MAX_ANSWERS_BYTES) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._answers: OrderedDict[tuple[str, str], tuple[bytes, CachedAnswer]] = OrderedDict()
        self._open: set[tuple[str, str]] = set()

    def find(self, owner: str, key: str, body: bytes) -> CachedAnswer | None:
        """Return the response to the first request with this key.

        Raises:
            ProblemDetailsException: 409 while that request is in progress, 422 if it had another
                body.
        """
        if (owner, key) in self._open:
            detail = "a request with this Idempotency-Key is in progress; retry"
            raise try_again(409, detail, seconds=1)
        digest, answer = self._answers.get((owner, key), (b"", None))
        if answer is not None and digest != _digest(body):
            raise problem(422, "this Idempotency-Key was used with another body: use a new key")
        return answer

    @contextmanager
    def in_progress(self, owner: str, key: str) -> Iterator[None]:
        """Mark a request as in progress while the body runs."""
        self._open.add((owner, key))
        try:
            yield
        finally:
            self._open.discard((owner, key))

    def forget(self, owner: str, key: str) -> None:
        """Forget a response: the topic does not have its articles any more."""
        _, answer = self._answers.pop((owner, key))
        self._n_bytes -= len(answer.body)

    def add(self, owner: str, key: str, body: bytes, answer: CachedAnswer) -> None:
        """Cache a response; the oldest may be dropped."""
        self._answers[owner, key] = (_digest(body), answer)
        self._n_bytes += len(answer.body)
        while self._n_bytes > self._max_bytes:
            _, (_, oldest) = self._answers.popitem(last=False)
            self._n_bytes -= len(oldest.body)


def check_key(header: str | None) -> str:
    """Return the key of a request; empty if it has none.

    Raises:
        ProblemDetailsException: 400 if the key is invalid.
    """
    key = (header or "").strip()
    if len(key) > MAX_KEY_CHARS or not key.isprintable():
        raise problem(400, f"Idempotency-Key: expected 1 to {MAX_KEY_CHARS} printable characters")
    return key


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()
