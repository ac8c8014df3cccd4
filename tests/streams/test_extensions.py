"""Extensions of other packages are loaded by name; unusable ones are refused in one sentence."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from streams.extensions import (
    CHANNELS,
    SOURCE_FORMATS,
    ExtensionError,
    function_names,
    installed,
    load_function,
    load_installed,
    package_of,
)
from tests.support import enrichers


@pytest.mark.parametrize(
    ("text", "names"),
    [("", ()), (" ", ()), ("a:b", ("a:b",)), ("a:b, c.d:e,", ("a:b", "c.d:e"))],
)
def test_function_names_splits_at_commas(text: str, names: tuple[str, ...]) -> None:
    assert function_names(text) == names


def test_load_function_imports_its_module() -> None:
    found = load_function("tests.support.enrichers:count_words", setting="NEWS_ENRICHERS")

    assert found is enrichers.count_words


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("os", r"write MODULE:FUNCTION"),
        (":f", r"write MODULE:FUNCTION"),
        ("nowhere.at_all:f", r"no module named 'nowhere'; install its package, or put"),
        ("tests.support.enrichers:nope", r"module 'tests.support.enrichers' has no 'nope'; corr"),
        ("tests.support.enrichers:NOT_A_FUNCTION", r"it is of type str, not a function; name a"),
    ],
)
def test_load_function_explains_an_unusable_name(name: str, problem: str) -> None:
    with pytest.raises(ExtensionError, match=f"^setting NEWS_ENRICHERS: {name!r}: {problem}"):
        load_function(name, setting="NEWS_ENRICHERS")


def test_load_function_explains_a_failed_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_enricher.py").write_text("raise RuntimeError('no model')")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ExtensionError, match="importing it failed: RuntimeError: no model"):
        load_function("broken_enricher:f", setting="NEWS_ENRICHERS")


@pytest.mark.parametrize("group", [SOURCE_FORMATS, CHANNELS])
def test_load_installed_raises_for_unknown_names(group: str) -> None:
    with pytest.raises(KeyError):
        load_installed(group, "nothing-of-this-name")


def test_installed_of_an_unknown_group_is_empty() -> None:
    assert installed("news_streams.nothing") == {}


def test_package_of_entry_point_without_package() -> None:
    assert package_of(EntryPoint("a", "b:c", CHANNELS)) == "b:c"
