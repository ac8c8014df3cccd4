"""Nothing that other programs rely on is removed or renamed; additions are listed.

``surface.txt`` was written at commit e5699aa, before the first module moved. It never loses a
line; later additions are in ``additions.txt``. ``changes.txt`` names the lines whose value, such as
the default of a setting, a decision changed.
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


def listed_lines(name: str) -> set[str]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_surface_loses_nothing(current: set[str]) -> None:
    assert sorted(frozen_lines() - current) == sorted(listed_lines("changes.txt"))


def test_surface_additions_are_listed(current: set[str]) -> None:
    assert sorted(current - frozen_lines()) == sorted(listed_lines("additions.txt"))
