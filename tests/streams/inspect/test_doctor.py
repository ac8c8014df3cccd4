from pathlib import Path

import pytest

from streams.extensions import CHANNELS, installed
from streams.inspect.doctor import (
    Check,
    all_checks,
    disk_check,
    extensions_checks,
    packages_check,
    python_check,
    rules_check,
)
from tests.support.packages import install
from tests.support.refusing_broker import refusing_broker


@pytest.mark.parametrize(
    ("version", "sound"), [((3, 10, 9), False), ((3, 11, 0), True), ((4, 0, 0), True)]
)
def test_python_check_requires_3_11(version: tuple[int, int, int], *, sound: bool) -> None:
    check = python_check(version)

    assert check.sound == sound
    assert bool(check.remedy) == (not sound)


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (["typer>=0"], "all 1 in the required versions"),
        (["typer>=0", 'no-such-package; extra == "x"'], "all 1 in the required versions"),
        (["no-such-package"], "no-such-package is missing"),
        (["typer>=9999"], "expected >=9999"),
    ],
)
def test_packages_check_names_missing_and_wrong_versions(
    requirements: list[str], expected: str
) -> None:
    assert expected in packages_check(requirements).found


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


def test_extensions_checks_is_empty_without_extensions() -> None:
    assert extensions_checks("") == []


def test_extensions_checks_names_broken_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "news-broken", {CHANNELS: {"pager": "nowhere:Pager"}})

    [check] = extensions_checks("")
    monkeypatch.undo()
    installed.cache_clear()

    assert not check.sound
    assert check.found.startswith("package news-broken 1.0: loading nowhere:Pager for ")


def test_extensions_checks_lists_loaded_extensions() -> None:
    [check] = extensions_checks("tests.support.enrichers:count_words")

    assert check.sound
    assert check.found == "tests.support.enrichers:count_words can be loaded"


async def test_all_checks_report_refused_login(tmp_path: Path) -> None:
    async with refusing_broker() as settings:
        checks = await all_checks(settings.model_copy(update={"data": tmp_path}))

    assert checks[-1] == Check(
        name="Kafka",
        sound=False,
        found=f"{settings.broker} answers: authentication failed: Invalid username or password",
        remedy="check NEWS_SASL_USERNAME, NEWS_SASL_PASSWORD and NEWS_SASL_MECHANISM",
    )
