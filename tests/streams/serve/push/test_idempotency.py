"""Responses by Idempotency-Key."""

import pytest
from litestar.plugins.problem_details import ProblemDetailsException

from streams.serve.push.idempotency import CachedAnswer, IdempotencyCache, check_key

DONE = CachedAnswer(202, b"{}")


def test_same_key_and_body_get_first_response() -> None:
    answers = IdempotencyCache()
    assert answers.find("me", "k", b"body") is None

    answers.add("me", "k", b"body", DONE)

    assert answers.find("me", "k", b"body") == DONE
    assert answers.find("you", "k", b"body") is None
    with pytest.raises(ProblemDetailsException, match="422"):
        answers.find("me", "k", b"other")


def test_key_in_progress_is_409() -> None:
    answers = IdempotencyCache()

    with answers.in_progress("me", "k"), pytest.raises(ProblemDetailsException, match="409"):
        answers.find("me", "k", b"body")
    assert answers.find("me", "k", b"body") is None


def test_oldest_responses_are_dropped() -> None:
    answers = IdempotencyCache(max_bytes=10)
    for number in range(6):
        answers.add("me", str(number), b"", CachedAnswer(202, b"1234"))

    cached = [number for number in range(6) if answers.find("me", str(number), b"")]
    assert cached == [4, 5]


@pytest.mark.parametrize("key", ["x" * 201, "a\x00b", "a\nb"])
def test_invalid_key_is_refused(key: str) -> None:
    with pytest.raises(ProblemDetailsException, match="400"):
        check_key(key)


@pytest.mark.parametrize(("header", "key"), [(None, ""), (" k ", "k"), ("é-1", "é-1")])
def test_valid_key_is_returned(header: str | None, key: str) -> None:
    assert check_key(header) == key
