"""``streams settings``: the settings in use, and where they come from."""

from pathlib import Path
from typing import Any, Final

import orjson
import typer
from pydantic import SecretStr
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out, printable
from streams.settings import (
    PREFIX,
    Settings,
    library_settings,
    require_known_variables,
    setting_origin,
)

app = typer.Typer(help="Show the settings in use.", no_args_is_help=True)

HIDDEN: Final = "***"
"""Shown instead of a secret that is set."""

MAX_VALUE_WIDTH: Final = 24

NAME_WIDTH: Final = max(len(PREFIX + name) for name in Settings.model_fields)

WIDE: Final = 110
"""Columns of a terminal from which the meaning stands beside the value, not below it."""


@app.callback()
def settings() -> None:
    """Show the settings in use."""


@app.command("list")
def list_(*, json_: JsonLines = False) -> None:
    """List every setting with its value, origin, default and meaning; secrets are hidden.

    The origin is the environment, a line of `news-streams.toml`, or the default. Variables that
    begin with `NEWS_` and are no settings are reported at the end (exit code 2).

    **Examples:**

    - `streams settings list`
    - `streams settings list --json`
    """
    loaded = library_settings()
    rows = [setting_row(loaded, name) for name in Settings.model_fields]
    if json_:
        for row in rows:
            typer.echo(orjson.dumps(row))
    else:
        out.print(_table(rows) if out.width >= WIDE else _paragraphs(rows))
    require_known_variables()


def setting_row(loaded: Settings, name: str) -> dict[str, Any]:
    """Return a setting as plain values.

    Examples:
        >>> row = setting_row(Settings(window=7), "window")
        >>> row["setting"], row["value"], row["default"]
        ('NEWS_WINDOW', 7, 512)
    """
    field = Settings.model_fields[name]
    return {
        "setting": f"{PREFIX}{name.upper()}",
        "value": _plain(getattr(loaded, name)),
        "origin": setting_origin(name),
        "default": _plain(field.get_default(call_default_factory=True, validated_data={})),
        "meaning": field.description or "",
    }


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    return str(value) if isinstance(value, Path) else value


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold", max_width=MAX_VALUE_WIDTH)
    table.add_column("origin", overflow="fold", max_width=MAX_VALUE_WIDTH)
    table.add_column("meaning", ratio=1, overflow="fold")
    for row in rows:
        table.add_row(*_head(row), _meaning(row))
    return table


def _paragraphs(rows: list[dict[str, Any]]) -> Group:
    """Return each setting on one line, and its meaning below."""
    parts: list[Text | Padding] = []
    for row in rows:
        name, value, origin = _head(row)
        name.pad_right(max(0, NAME_WIDTH - len(name)))
        value.pad_right(max(0, MAX_VALUE_WIDTH - len(value)))
        parts.append(Text("  ").join((name, value, origin)))
        parts.append(Padding(Text(_meaning(row).plain, "dim", overflow="fold"), (0, 0, 0, 4)))
    return Group(*parts)


def _head(row: dict[str, Any]) -> tuple[Text, Text, Text]:
    given = row["origin"] != "default"
    return (
        Text(row["setting"], "bold" if given else ""),
        _shown(row["value"]),
        Text(row["origin"], "cyan" if given else "dim"),
    )


def _meaning(row: dict[str, Any]) -> Text:
    """Return the meaning of a setting, with the default if another value is set."""
    hidden = row["origin"] == "default" or row["default"] in (None, "")
    return Text.assemble(row["meaning"], ("" if hidden else f" (default: {row['default']})", "dim"))


def _shown(value: Any) -> Text:
    return Text("–", "dim") if value in (None, "") else Text(printable(str(value)))
