"""Load code of other packages, by the name of a function or by an installed entry point.

A package is imported only when its code is used.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from streams.errors import UsageError

SOURCE_FORMATS: Final = "news_streams.source_formats"
"""Group of entry points that read file formats; the entry point's name is the file extension."""

CHANNELS: Final = "news_streams.channels"
"""Group of entry points that deliver alerts; the entry point's name is a key of the channel's
table."""


MODELS: Final = "news_streams.models"
"""Group of entry points that bring a model of names; the entry point's name is the language, its
object the package with the files."""


class ExtensionError(UsageError):
    """Code of another package cannot be loaded; the message names the package."""


def function_names(text: str) -> tuple[str, ...]:
    """Return the names in a comma-separated list of functions.

    Examples:
        >>> function_names("reading_time:minutes, other.module:add")
        ('reading_time:minutes', 'other.module:add')
        >>> function_names("")
        ()
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())


def load_function(name: str, *, setting: str) -> Callable[..., Any]:
    """Import a function that a setting names.

    Args:
        name: ``package.module:function``.
        setting: Name of the setting, for error messages.

    Raises:
        ExtensionError: If there is no such module or function, or the module cannot be imported.

    Examples:
        >>> load_function("textwrap:shorten", setting="NEWS_ENRICHERS").__name__
        'shorten'
        >>> load_function("textwrap", setting="NEWS_ENRICHERS")
        Traceback (most recent call last):
        streams.extensions.ExtensionError: setting NEWS_ENRICHERS: 'textwrap': write MODULE:FUNCTION
    """
    location = f"setting {setting}: {name!r}"
    module_name, _, path = name.partition(":")
    if not (module_name and path):
        raise ExtensionError(f"{location}: write MODULE:FUNCTION")
    try:
        target: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        raise ExtensionError(
            f"{location}: no module named {error.name!r}; install its package, or put the folder "
            "of the module on PYTHONPATH"
        ) from error
    except Exception as error:
        raise ExtensionError(f"{location}: importing it failed: {_describe(error)}") from error
    for attribute in path.split("."):
        if not hasattr(target, attribute):
            raise ExtensionError(
                f"{location}: module {module_name!r} has no {path!r}; correct the name"
            )
        target = getattr(target, attribute)
    if not callable(target):
        raise ExtensionError(
            f"{location}: it is of type {type(target).__name__}, not a function; name a function"
        )
    function: Callable[..., Any] = target
    return function


@cache
def installed(group: str) -> Mapping[str, tuple[EntryPoint, ...]]:
    """Return the entry points of a group by name, without importing them."""
    by_name: dict[str, tuple[EntryPoint, ...]] = {}
    for point in entry_points(group=group):
        by_name[point.name] = (*by_name.get(point.name, ()), point)
    return by_name


def package_of(point: EntryPoint) -> str:
    """Return the name and version of the package of an entry point."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def load_installed(group: str, name: str) -> tuple[Any, str]:
    """Import the object of an entry point.

    Returns:
        The object, and the name and version of its package for messages.

    Raises:
        KeyError: If no package has an entry point of this name.
        ExtensionError: If two packages have one, or it cannot be imported.
    """
    points = installed(group)[name]
    if len(points) > 1:
        packages = " and ".join(sorted(map(package_of, points)))
        raise ExtensionError(
            f"entry point {name!r} of {group}: offered by {packages}; uninstall one of them"
        )
    package = package_of(points[0])
    try:
        return points[0].load(), package
    except Exception as error:
        raise ExtensionError(
            f"package {package}: loading {points[0].value} for {group} failed: "
            f"{_describe(error)}; install it again, or uninstall it"
        ) from error


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
