"""Where a deliverer begins: no alert is lost with a ledger that is new, old or lost."""

import pytest

from streams.deliver.ledger.position import LedgerPosition, starting_offset

HERE = LedgerPosition("5f2c90aa", 40)


@pytest.mark.parametrize(
    ("position", "committed", "recent", "expected"),
    [
        pytest.param(HERE, 40, None, 40, id="usual"),
        pytest.param(HERE, 35, None, 40, id="crash before the commit"),
        pytest.param(HERE, 90, None, 40, id="ledger of yesterday"),
        pytest.param(LedgerPosition("00aa17e5", 40), 90, None, 5, id="topic created again"),
        pytest.param(LedgerPosition("", 40), 90, None, 40, id="broker had no ids"),
        pytest.param(LedgerPosition("5f2c90aa", 2), 90, None, 5, id="expired meanwhile"),
        pytest.param(None, 90, None, 90, id="ledger of an older version"),
        pytest.param(None, None, None, 5, id="first start"),
        pytest.param(None, 90, 70, 70, id="ledger lost"),
        pytest.param(None, 90, 95, 90, id="ledger lost, no recent alert"),
        pytest.param(None, 90, 0, 5, id="ledger lost, young topic"),
    ],
)
def test_starting_offset(
    position: LedgerPosition | None, committed: int | None, recent: int | None, expected: int
) -> None:
    found = starting_offset(position, committed, topic_id="5f2c90aa", first=5, recent=recent)

    assert found == expected
