"""What goes to a killable process and comes back: as it was."""

from streams.processors.message import Message, OutgoingMessage, Result
from streams.worker.pool_process import _messages, pack, unpack_results


def test_packed_messages_come_back_as_they_were() -> None:
    messages = [
        Message(topic="t", partition=0, offset=2**40, key=None, value=None),
        Message(
            topic="t", partition=7, offset=1, key=b"\xff", value=b"\0", headers=(("a", b"\xfe"),)
        ),
    ]

    assert _messages.decode(pack(messages)) == messages


def test_packed_results_come_back_as_they_were() -> None:
    results = [
        Result((OutgoingMessage("t", b"k", b"\xff"), OutgoingMessage("u", None, None)), "emitted"),
        Result((), "dropped", "empty_article"),
    ]

    assert unpack_results(pack(results)) == results
