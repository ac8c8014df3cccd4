"""Nothing that other programs rely on is removed or renamed; additions are listed.

``surface.txt`` was written at commit e5699aa, before the first module moved. It never loses a
line; later additions are in ``additions.txt``.
"""

from pathlib import Path

import pytest

from tests.contract.surface import surface

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return every frozen name of this checkout."""
    return set(surface(tmp_path_factory.mktemp("data")))


def frozen_lines() -> set[str]:
    return set((HERE / "surface.txt").read_text("utf-8").splitlines())


def added_lines() -> set[str]:
    lines = (HERE / "additions.txt").read_text("utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_surface_loses_nothing(current: set[str]) -> None:
    assert sorted(frozen_lines() - current) == []


def test_surface_additions_are_listed(current: set[str]) -> None:
    assert sorted(current - frozen_lines()) == sorted(added_lines())
