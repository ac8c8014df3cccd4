import gc

import pytest

from streams.worker.memory_tuning import pause_collections


def test_what_was_taken_in_is_left_out_of_later_collections() -> None:
    gc.unfreeze()

    with pause_collections():
        kept = [[number] for number in range(1000)]

    assert gc.get_freeze_count() >= len(kept)
    gc.unfreeze()


def test_collections_go_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), pause_collections():
        raise ValueError("broken")

    assert gc.isenabled()
