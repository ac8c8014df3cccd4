"""Shares of tokens in requests and bytes in flight."""

from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.serve.push.body import MAX_BODY_BYTES
from streams.serve.push.limits import Budget, BudgetSpentError


def n_requests_of(budget: Budget, token: str, stack: ExitStack) -> int:
    """Open as many requests of a token as the budget allows; return their number."""
    for n in range(1000):
        try:
            stack.enter_context(budget.request(token))
        except BudgetSpentError:
            return n
    raise AssertionError("no limit")


def test_each_token_finds_a_place() -> None:
    with ExitStack() as stack:
        budget = Budget(max_requests=200)

        taken = [n_requests_of(budget, f"token{number}", stack) for number in range(6)]

        assert taken[0] == 100
        assert all(taken)
        assert n_requests_of(budget, "token0", stack) == 0
    assert budget.n_requests == 0


def test_dripping_bodies_of_one_token_leave_room_for_others() -> None:
    with ExitStack() as stack:
        budget = Budget()
        n_requests_of(budget, "dripping", stack)
        take = stack.enter_context(budget.request("other"))
        take(MAX_BODY_BYTES)


def test_bytes_are_shared() -> None:
    budget = Budget(max_bytes=100)
    with budget.request("a") as take_a, budget.request("b") as take_b:
        take_a(50)
        with pytest.raises(BudgetSpentError):
            take_a(1)
        take_b(25)
        with pytest.raises(BudgetSpentError):
            take_b(1)
    assert budget.n_bytes == 0


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 40)), max_size=60))
def test_new_token_always_finds_bytes(taken: list[tuple[str, int]]) -> None:
    budget = Budget(max_bytes=1000)
    with ExitStack() as stack:
        takes = {name: stack.enter_context(budget.request(name)) for name in "abcde"}
        for name, n_bytes in taken:
            try:
                takes[name](n_bytes)
            except BudgetSpentError:
                continue

        assert budget.n_bytes <= 1000
        stack.enter_context(budget.request("new"))(1000 // 14)
