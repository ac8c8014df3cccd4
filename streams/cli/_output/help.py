"""The help of a command group, drawn as Typer draws it, in a third of the time.

Typer's own `typer.rich_utils` imports a Markdown parser, Pygments and tracebacks, which takes
longer than everything else that ``streams --help`` does. The help of a group needs a usage line,
paragraphs with bold and code, and tables of flags and commands.
"""

import re
from collections import defaultdict
from typing import Any

from rich.console import Console, RenderableType
from rich.highlighter import RegexHighlighter
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.theme import Theme
from typer.core import TyperGroup, TyperOption

THEME = Theme(
    {
        "option": "bold cyan",
        "switch": "bold green",
        "types": "bold yellow",
        "separator": "dim",
        "usage": "yellow",
    }
)
"""Styles of `typer.rich_utils`."""

_MARKUP = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`")


class _Options(RegexHighlighter):
    highlights = (
        r"(^|\W)(?P<switch>\-\w+)(?![a-zA-Z0-9])",
        r"(^|\W)(?P<option>\-\-[\w\-]+)(?![a-zA-Z0-9])",
        r"(?P<types>\<[^\>]+\>)",
        r"(?P<usage>Usage: )",
    )


class _Types(RegexHighlighter):
    highlights = (r"^(?P<separator><)", r"(?P<separator>>)$")


_highlight, _highlight_type = _Options(), _Types()


def print_group_help(group: TyperGroup, ctx: Any) -> bool:
    """Print the help of a group.

    Args:
        group: A group whose parameters are flags.
        ctx: Its Click context.

    Returns:
        False if the group has other parameters, whose help only Typer draws; nothing is printed.
    """
    parameters = group.get_params(ctx)
    options = [parameter for parameter in parameters if isinstance(parameter, TyperOption)]
    if len(options) < len(parameters) or not all(map(_is_plain_flag, options)):
        return False
    console = Console(theme=THEME, highlighter=_highlight)
    console.print(Padding(_highlight(group.get_usage(ctx)), 1), style="bold")
    if group.help:
        console.print(Padding(inline_markdown(group.help), (0, 1, 1, 1)))
    rows = [_option_row(option, ctx) for option in options]
    _print_panel(console, "Options", rows, *[{}] * 5, {"ratio": 1})
    panels: dict[str, list[Any]] = defaultdict(list)
    for command in group.commands.values():
        panels[getattr(command, "rich_help_panel", None) or "Commands"].append(command)
    names = {"style": "bold cyan", "no_wrap": True, "width": max(map(len, group.commands))}
    for panel, commands in panels.items():
        rows = [[Text(command.name), inline_markdown(command.help)] for command in commands]
        _print_panel(console, panel, rows, names, {"ratio": 1})
    if group.epilog:
        console.print(Padding(inline_markdown(group.epilog), 1))
    return True


def inline_markdown(text: str) -> Text:
    """Render bold text and code.

    Examples:
        >>> inline_markdown("**Try** `streams demo`").markup
        '[bold]Try[/bold] [bold cyan on black]streams demo[/bold cyan on black]'
    """
    parts = _MARKUP.split(text)
    rendered = Text(parts[0])
    for bold, code, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        rendered.append(bold or code, "bold" if bold else "bold cyan on black").append(after)
    return rendered


def _is_plain_flag(option: TyperOption) -> bool:
    other = option.hidden or option.required or option.secondary_opts or option.default
    return option.is_flag and not other


def _option_row(option: TyperOption, ctx: Any) -> list[RenderableType]:
    long = [name for name in option.opts if name.startswith("--")]
    short = [name for name in option.opts if name not in long]
    return [
        _highlight(",".join(long)),
        _highlight(",".join(short)),
        "",  # Typer's columns of --no-options
        "",
        _highlight_type(Text(option.display_type_rich(ctx) or "", "bold yellow")),
        inline_markdown(option.help or ""),
    ]


def _print_panel(
    console: Console, title: str, rows: list[list[RenderableType]], *columns: dict[str, Any]
) -> None:
    table = Table(box=None, show_header=False, expand=True, pad_edge=False)
    for column in columns:
        table.add_column(**column)
    for row in rows:
        table.add_row(*row)
    console.print(Panel(table, border_style="dim", title=title, title_align="left"))
