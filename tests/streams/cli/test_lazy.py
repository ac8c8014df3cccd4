"""Groups whose commands are imported when they run."""

import os
import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from streams.cli._lazy import CommandImportError, Lazy, LazyGroup, lazy_app
from streams.cli.main import app
from tests.conftest import ROOT
from tools.tables import each_command

COMMANDS = [
    pytest.param(group, name, id=" ".join((*words, name)))
    for words, group in each_command(get_command(app))
    if isinstance(group, LazyGroup)
    for name in group.table
]
HEAVY = {"aiokafka", "faust", "lxml", "msgspec", "orjson", "streams.settings", "structlog"}
"""Not pydantic: Typer itself imports it for the options of a group above the one asked for."""


def run_python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, which has imported nothing yet."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


@pytest.mark.parametrize(("group", "name"), COMMANDS)
def test_table_repeats_first_sentence_of_help(group: LazyGroup, name: str) -> None:
    help_ = (group.load(name).help or "").split("\n\n")[0]

    assert " ".join(help_.split()) == group.table[name].help


@pytest.mark.parametrize(
    "arguments", [["--help"], ["alerts", "--help"], ["--version"]], ids=" ".join
)
def test_help_imports_no_command(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom streams.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n"
        f"    print('imported', sorted({HEAVY!r} & set(sys.modules)))"
    )

    assert run_python(program).stdout.endswith("imported []\n")


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("streams al", ["alerts"]),
        ("streams dead-letters re", ["redrive"]),
        ("streams tokens ", ["add", "trust", "list", "remove"]),
        ("streams audit --j", ["--json"]),
    ],
)
def test_completion_offers_commands_and_options(words: str, completed: list[str]) -> None:
    program = "from streams.cli.main import app\napp(prog_name='streams')"
    environment = {
        "_STREAMS_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }

    assert run_python(program, **environment).stdout.split() == completed


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [(["alets"], "alerts"), (["dead-leters"], "dead-letters"), (["feeds", "stats"], "status")],
    ids=" ".join,
)
def test_misspelled_command_gets_suggestion(words: list[str], suggestion: str) -> None:
    result = CliRunner().invoke(app, words)

    assert result.exit_code == 2
    assert f"Did you mean '{suggestion}'" in " ".join(result.output.split())


def broken_app(target: str) -> Any:
    """A group with one command that cannot be imported."""
    return lazy_app({"broken": Lazy(target, "Fail.")}, help="Fail.")


def test_failed_import_names_command() -> None:
    result = CliRunner().invoke(broken_app("streams.nowhere:run"), ["broken"])

    assert isinstance(result.exception, CommandImportError)
    assert str(result.exception).startswith(
        "cannot load the command 'broken': No module named 'streams.nowhere'"
    )


def test_failed_import_does_not_affect_help() -> None:
    result = CliRunner().invoke(broken_app("streams.nowhere:run"), ["--help"])

    assert (result.exit_code, "broken" in result.output) == (0, True)


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["why", "--help"], "streams why [OPTIONS] ARTICLE"),
        (["try", "--help"], "streams try [OPTIONS] PATH|-..."),
        (["feeds", "--help"], "streams feeds [OPTIONS] COMMAND [ARGS]..."),
    ],
)
def test_help_is_written_as_in_manual_pages(words: list[str], usage: str) -> None:
    shown = CliRunner().invoke(app, words, prog_name="streams").output

    assert usage in shown
    assert "<bool>" not in shown
