"""Answers by Idempotency-Key."""

import pytest
from litestar.plugins.problem_details import ProblemDetailsException

from streams.serve.push.idempotency import CachedAnswer, IdempotencyCache, check_key

DONE = CachedAnswer(202, b"{}")


def test_the_same_key_and_body_get_the_first_answer() -> None:
    answers = IdempotencyCache()
    assert answers.find("me", "k", b"body") is None

    answers.keep("me", "k", b"body", DONE)

    assert answers.find("me", "k", b"body") == DONE
    assert answers.find("you", "k", b"body") is None
    with pytest.raises(ProblemDetailsException, match="422"):
        answers.find("me", "k", b"other")


def test_a_key_under_way_is_409() -> None:
    answers = IdempotencyCache()

    with answers.under_way("me", "k"), pytest.raises(ProblemDetailsException, match="409"):
        answers.find("me", "k", b"body")
    assert answers.find("me", "k", b"body") is None


def test_the_oldest_answers_are_forgotten() -> None:
    answers = IdempotencyCache(max_bytes=10)
    for number in range(6):
        answers.keep("me", str(number), b"", CachedAnswer(202, b"1234"))

    known = [number for number in range(6) if answers.find("me", str(number), b"")]
    assert known == [4, 5]


@pytest.mark.parametrize("key", ["x" * 201, "a\x00b", "a\nb"])
def test_a_key_that_cannot_be_used_is_refused(key: str) -> None:
    with pytest.raises(ProblemDetailsException, match="400"):
        check_key(key)


@pytest.mark.parametrize(("header", "key"), [(None, ""), (" k ", "k"), ("é-1", "é-1")])
def test_a_key_is_taken_as_it_is(header: str | None, key: str) -> None:
    assert check_key(header) == key
