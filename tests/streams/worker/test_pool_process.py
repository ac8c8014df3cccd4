"""Messages and results are unchanged on their way to a killable process and back."""

from collections.abc import Callable

import pytest

from streams.processors.message import Message, OutgoingMessage, Result
from streams.worker.pool_process import _messages, pack, unpack_results, yield_to_others


def test_packed_messages_round_trip() -> None:
    messages = [
        Message(topic="t", partition=0, offset=2**40, key=None, value=None),
        Message(
            topic="t", partition=7, offset=1, key=b"\xff", value=b"\0", headers=(("a", b"\xfe"),)
        ),
    ]

    assert _messages.decode(pack(messages)) == messages


def test_packed_results_round_trip() -> None:
    results = [
        Result((OutgoingMessage("t", b"k", b"\xff"), OutgoingMessage("u", None, None)), "emitted"),
        Result((), "dropped", "empty_article"),
    ]

    assert unpack_results(pack(results)) == results


def refuse() -> None:
    """Raise the error of a sandbox."""
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize(("set_scheduler", "is_set"), [(None, False), (refuse, False), (int, True)])
def test_yield_to_others_without_a_policy(
    set_scheduler: Callable[[], None] | None, *, is_set: bool
) -> None:
    assert yield_to_others(set_scheduler) is is_set
