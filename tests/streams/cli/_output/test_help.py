"""The quick help of command groups against Typer's own."""

from typing import Any

import pytest
from typer import rich_utils
from typer.core import TyperGroup
from typer.main import get_command

from streams.cli._lazy import LazyGroup
from streams.cli._output.help import print_group_help
from streams.cli.main import app
from tools.tables import each_command

GROUPS = [
    pytest.param(group, " ".join(words), id=" ".join(words))
    for words, group in each_command(get_command(app))
    if isinstance(group, LazyGroup)
]


@pytest.fixture(params=["80", "120"])
def _terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with colors."""
    for name, value in {"COLUMNS": request.param, "FORCE_COLOR": "1", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    # Typer reads FORCE_COLOR when this module is imported, which would color all later tests.
    monkeypatch.setattr(rich_utils, "FORCE_TERMINAL", True)


def context(group: LazyGroup, name: str) -> Any:
    """The context in which a group prints its help."""
    return group.make_context(
        name, ["x"], resilient_parsing=True, help_option_names=["-h", "--help"]
    )


@pytest.mark.usefixtures("_terminal")
@pytest.mark.parametrize(("group", "name"), GROUPS)
def test_group_help_equals_typers(
    group: LazyGroup, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_group_help(group, context(group, name))
    quick = capsys.readouterr().out
    TyperGroup.format_help(group, context(group, name), None)

    assert quick == capsys.readouterr().out


def test_group_with_other_options_uses_typers_help(capsys: pytest.CaptureFixture[str]) -> None:
    group = next(group for _, group in each_command(get_command(app)))
    option = group.params[0]
    option.required = True

    assert not print_group_help(group, context(group, "streams"))
    assert capsys.readouterr().out == ""
