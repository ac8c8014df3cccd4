"""The command line as a whole: exit codes, errors as one sentence, no tracebacks."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from streams.cli.main import COMMANDS, app, main


def ended(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["worker", "nope"],
            "no stage 'nope'; expected one of clean, dedupe, tag, route",
        ),
        (["try", "nowhere"], "nowhere: no such file or folder"),
        (["try", "[/x]"], "[/x]: no such file or folder"),
        (
            ["run", "--scale", "clean=0"],
            (
                "--scale clean=0: expected STAGE=N, "
                "with STAGE one of clean, dedupe, tag, route and N from 1 to 64"
            ),
        ),
    ],
    ids=["stage", "file", "what looks like markup", "scale"],
)
def test_main_reports_user_error_in_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(*arguments, capsys=capsys) == (2, "", f"streams: {said}\n")


def test_main_names_invalid_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWS_WINDOW", "0")

    code, out, err = ended("run", capsys=capsys)

    assert (code, out) == (2, "")
    assert err.startswith("streams: setting NEWS_WINDOW: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["nope"], ["run", "--nope"], ["try"]])
def test_main_refuses_unknown_command_and_option(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ended(*arguments, capsys=capsys)

    assert (code, out) == (2, "")
    assert "Usage" in err


def test_main_shows_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("--version", capsys=capsys)[:2] == (0, f"news-streams {version('news-streams')}\n")


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output

    assert [name for name in COMMANDS if name not in shown] == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"NEWS_BROKER": ""}, "no broker runs in "),
        (
            {"NEWS_BROKER": "127.0.0.1:1"},
            "connecting to Kafka at 127.0.0.1:1: nothing answers there; is it running? ",
        ),
    ],
    ids=["none", "out of reach"],
)
def test_missing_broker_is_reported_in_one_sentence(
    environment: dict[str, str], said: str, tmp_path: Path
) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", "audit"],
        env={**os.environ, "NEWS_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (process.returncode, process.stdout, process.stderr.count("\n")) == (1, "", 1)
    assert process.stderr.startswith(f"streams: {said}")
