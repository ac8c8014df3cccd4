from datetime import UTC, datetime

from streams.outcome import RejectReason
from streams.records import DeadLetter, decode, encode
from streams.sources.bounded_reading import KEPT_BYTES
from streams.sources.rejection import Rejected, source_dead_letter


def test_source_dead_letter_has_stage_reason_and_start() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    problem = Rejected(
        reason=RejectReason.TOO_LARGE, detail="a.html: large", value=b"x" * (KEPT_BYTES + 1)
    )

    letter = decode(encode(source_dead_letter(problem, now=now)), DeadLetter)

    assert (letter.stage, letter.reason, letter.detail) == (
        "sources",
        "too_large",
        "a.html: large",
    )
    assert letter.value == b"x" * KEPT_BYTES
    assert (letter.topic, letter.partition, letter.offset, letter.origin) == ("", -1, -1, "")
