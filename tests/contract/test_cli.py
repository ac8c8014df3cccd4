"""The command line is a contract: nothing of commit e5699aa is removed; additions are recorded."""

import json
from pathlib import Path

from typer.main import get_command

from streams.cli.main import app
from tests.support.command_tree import command_tree

SNAPSHOT = Path(__file__).with_name("cli.json")
"""Parameters by command, as `python -m tests.contract.test_cli` writes them."""


def test_no_command_or_parameter_removed_or_changed() -> None:
    tree, recorded = command_tree(get_command(app)), json.loads(SNAPSHOT.read_text("utf-8"))

    kept = {
        words: {name: tree.get(words, {}).get(name) for name in parameters}
        for words, parameters in recorded.items()
    }
    assert kept == recorded


def test_additions_recorded_in_snapshot() -> None:
    tree, recorded = command_tree(get_command(app)), json.loads(SNAPSHOT.read_text("utf-8"))

    assert {words: list(parameters) for words, parameters in tree.items()} == {
        words: list(parameters) for words, parameters in recorded.items()
    }


if __name__ == "__main__":
    SNAPSHOT.write_text(
        json.dumps(command_tree(get_command(app)), indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
