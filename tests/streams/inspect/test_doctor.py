from pathlib import Path

import pytest

from streams.inspect.doctor import disk_check, packages_check, python_check, rules_check


@pytest.mark.parametrize(
    ("version", "sound"), [((3, 10, 9), False), ((3, 11, 0), True), ((4, 0, 0), True)]
)
def test_python_check_requires_3_11(version: tuple[int, int, int], *, sound: bool) -> None:
    check = python_check(version)

    assert check.sound == sound
    assert bool(check.remedy) == (not sound)


@pytest.mark.parametrize(
    ("requirements", "found"),
    [
        (["typer>=0"], "all 1 in the required versions"),
        (["typer>=0", 'no-such-package; extra == "x"'], "all 1 in the required versions"),
        (["no-such-package"], "no-such-package is missing"),
        (["typer>=9999"], "expected >=9999"),
    ],
)
def test_packages_check_names_missing_and_wrong_versions(
    requirements: list[str], found: str
) -> None:
    assert found in packages_check(requirements).found


def test_disk_check_of_missing_folder_uses_its_parent(tmp_path: Path) -> None:
    check = disk_check(tmp_path / "not" / "yet")

    assert check.found.endswith(f"GiB free for {tmp_path / 'not' / 'yet'}")


def test_rules_check_names_invalid_line(tmp_path: Path) -> None:
    file = tmp_path / "routes.toml"
    file.write_text("[[route]]\nname = 'x'\nwhen = '('\n")

    check = rules_check(file)

    assert (check.sound, "routes.toml:3" in check.found) == (False, True)


def test_rules_check_counts_built_in_routes() -> None:
    assert rules_check(None).sound
