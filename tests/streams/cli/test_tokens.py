"""``streams tokens``: create, list, revoke."""

from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from streams.cli.tokens import app
from streams.errors import UsageError


def run(data: Path, *words: str) -> Result:
    """Run `streams tokens`."""
    return CliRunner().invoke(app, words, env={"NEWS_DATA": str(data)})


def test_add_prints_only_token_on_stdout(tmp_path: Path) -> None:
    found = run(tmp_path, "add", "wire", "--scope", "push")

    assert found.stdout.startswith("news_")
    assert len(found.stdout.splitlines()) == 1
    assert "wire: scope push" in found.stderr


def test_list_hides_secrets(tmp_path: Path) -> None:
    secret = run(tmp_path, "add", "wire").stdout.strip()
    made = orjson.loads(run(tmp_path, "add", "desk", "--scope", "admin", "--json").stdout)

    table = run(tmp_path, "list").stdout
    listed = [orjson.loads(line) for line in run(tmp_path, "list", "--json").stdout.splitlines()]

    assert "wire" in table
    assert secret not in table
    assert made["token"].startswith("news_")
    assert [(one["name"], one["scopes"]) for one in listed] == [
        ("wire", ["push", "alerts"]),
        ("desk", ["admin"]),
    ]


def test_remove_revokes_token(tmp_path: Path) -> None:
    run(tmp_path, "add", "wire")

    assert run(tmp_path, "remove", "wire").stdout == "removed wire\n"
    assert run(tmp_path, "list", "--json").stdout == ""


@pytest.mark.parametrize(
    "words", [("add", "A b"), ("add", "x", "--scope", "root"), ("remove", "nobody")]
)
def test_invalid_arguments_are_reported(tmp_path: Path, words: tuple[str, ...]) -> None:
    error = run(tmp_path, *words).exception

    assert isinstance(error, UsageError)
    assert len(str(error).splitlines()) == 1
