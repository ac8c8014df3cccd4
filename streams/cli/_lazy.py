"""Command groups that import the module of a command only when that command runs."""

import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any, ClassVar, Final, NamedTuple, cast

import typer
from typer.core import HAS_RICH, TyperCommand, TyperGroup
from typer.main import get_command, get_group

from streams.errors import NewsStreamsError

MARKUP: Final = "markdown"
"""How Typer renders help texts; the same in every group."""


class Lazy(NamedTuple):
    """One row of a table of commands.

    Attributes:
        target: ``package.module:name`` of a function, or of a `typer.Typer` for a group.
        help: First sentence of the help, shown in the list of commands.
        panel: Heading in the list of commands.
        no_args_is_help: Whether the command shows its help when it gets no arguments.
    """

    target: str
    help: str
    panel: str | None = None
    no_args_is_help: bool = False


class CommandImportError(NewsStreamsError):
    """The module of a command cannot be imported."""


class PlainCommand(TyperCommand):
    """A command whose help is written as in manual pages: ``--json`` and ``URL``.

    Typer 0.29 prints ``--json <bool>``, as if a flag took a value, and ``{URL}``.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters; flags have no type."""
        return without_flag_types(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line, without braces around required arguments."""
        return [re.sub(r"^\{(.*)\}", r"\1", piece) for piece in super().collect_usage_pieces(ctx)]


def without_flag_types(parameters: Iterable[Any]) -> list[Any]:
    """Return parameters whose flags show no type in the help."""
    shown = list(parameters)
    for parameter in shown:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
    return shown


class LazyGroup(TyperGroup):
    """A group whose commands are stand-ins until one of them runs.

    A stand-in has the name, help and panel of its command. ``--help``, shell completion and
    suggestions for misspelled names need no more, so they import no command.

    References:
        Click's documentation, "Lazily Loading Subcommands".
    """

    table: ClassVar[Mapping[str, Lazy]] = {}

    def __init__(self, **attributes: Any) -> None:
        stand_ins = {
            name: TyperCommand(name, help=row.help, rich_help_panel=row.panel)
            for name, row in self.table.items()
        }
        super().__init__(**{**attributes, "commands": stand_ins})

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters; flags have no type."""
        return without_flag_types(super().get_params(ctx))

    def load(self, name: str) -> TyperCommand | TyperGroup:
        """Import a command.

        Raises:
            CommandImportError: If its module, or one that it imports, cannot be imported.
        """
        row = self.table[name]
        module, _, attribute = row.target.partition(":")
        try:
            target = getattr(import_module(module), attribute)
        except ImportError as error:
            extras = import_module("streams.extras")
            if isinstance(error, ModuleNotFoundError) and extras.explain_import(error, command=""):
                raise  # streams.cli.main names the extra to install
            raise CommandImportError(
                f"cannot load the command {name!r}: {error}; are all packages installed? "
                "(`pip install --force-reinstall news-streams`)"
            ) from error
        command = _build_command(name, target, row)
        command.name = name
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that the arguments name, and import it."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        return name, self.load(name) if name and stand_in else None, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help, with what `streams.cli._output.help` needs imported only now."""
        help_ = import_module("streams.cli._output.help")
        if not (HAS_RICH and help_.print_group_help(self, ctx)):
            super().format_help(ctx, formatter)


def _build_command(
    name: str, target: typer.Typer | Callable[..., object], row: Lazy
) -> TyperCommand | TyperGroup:
    if isinstance(target, typer.Typer):
        target.rich_markup_mode = MARKUP
        return get_group(target)
    app = typer.Typer(add_completion=False, rich_markup_mode=MARKUP)
    app.command(name, cls=PlainCommand, no_args_is_help=row.no_args_is_help)(target)
    return cast("TyperCommand", get_command(app))


def lazy_app(commands: Mapping[str, Lazy], **settings: Any) -> typer.Typer:
    """Create a Typer application from a table of commands.

    Args:
        commands: Rows by the name of the command, in the order of ``--help``.
        settings: Passed on to `typer.Typer`.
    """
    app = typer.Typer(
        cls=type("Group", (LazyGroup,), {"table": commands}),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=MARKUP,
        **settings,
    )
    # Typer takes an application without commands of its own for a group only by its callback.
    app.callback()(lambda: None)
    return app
