import numpy as np

from streams.dedupe.memory.recent import RecentRows


def test_row_of_unknown_record_is_minus_one() -> None:
    assert RecentRows(3).row_of(1) == -1


def test_restart_and_move_change_rows() -> None:
    latest = RecentRows(3)
    latest.put(1, row=10)
    latest.restart(np.array([2, 3]), np.array([20, 30]))
    latest.move({30: 31})

    assert [latest.row_of(number) for number in (1, 2, 3)] == [-1, 20, 31]
