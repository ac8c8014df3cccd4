"""The reasons are labels of metrics and topics: they are stable, and each belongs to a stage."""

from enum import StrEnum

import pytest

from streams.outcome import DropReason, RejectReason
from streams.topology import STAGES


@pytest.mark.parametrize("reasons", [DropReason, RejectReason])
def test_reasons_are_lower_case_names(reasons: type[StrEnum]) -> None:
    assert [reason.value for reason in reasons] == [reason.name.lower() for reason in reasons]


def test_every_reason_belongs_to_a_stage() -> None:
    known = {reason for stage in STAGES for reason in (*stage.drops, *stage.rejects)}

    assert {*DropReason, *RejectReason} - known == set()
