import gc
from types import SimpleNamespace
from typing import Any

import pytest

from streams.worker.memory_tuning import call_libc, pause_collections


def test_loaded_objects_are_excluded_from_later_collections() -> None:
    gc.unfreeze()

    with pause_collections():
        kept = [[number] for number in range(1000)]

    assert gc.get_freeze_count() >= len(kept)
    gc.unfreeze()


def test_collections_resume_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), pause_collections():
        raise ValueError("broken")

    assert gc.isenabled()


@pytest.mark.parametrize("library", [None, SimpleNamespace()], ids=["no Linux", "musl"])
def test_missing_libc_function_is_not_called(library: Any) -> None:
    assert not call_libc("malloc_trim", 0, library=library)


def test_libc_function_gets_the_values() -> None:
    called: list[tuple[int, ...]] = []

    assert call_libc("mallopt", -3, 1, library=SimpleNamespace(mallopt=lambda *v: called.append(v)))
    assert called == [(-3, 1)]
