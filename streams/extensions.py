"""Code of other packages: loaded by the name of a function, or by an installed entry point.

A package is imported only when something asks for what it offers.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from streams.errors import UsageError

SOURCE_FORMATS: Final = "news_streams.source_formats"
"""Entry points that read formats of files; the name is the end of a file's name."""

CHANNELS: Final = "news_streams.channels"
"""Entry points that deliver alerts; the name is the key of the channel's table."""


class ExtensionError(UsageError):
    """Code of another package cannot be loaded; the message names the package."""


def function_names(text: str) -> tuple[str, ...]:
    """Split a list of functions at its commas.

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
        setting: What the message calls the setting.

    Raises:
        ExtensionError: If there is no such module or function, or the module cannot be imported.

    Examples:
        >>> load_function("textwrap:shorten", setting="NEWS_ENRICHERS").__name__
        'shorten'
        >>> load_function("textwrap", setting="NEWS_ENRICHERS")
        Traceback (most recent call last):
        streams.extensions.ExtensionError: setting NEWS_ENRICHERS: 'textwrap': write MODULE:FUNCTION
    """
    place = f"setting {setting}: {name!r}"
    module_name, _, path = name.partition(":")
    if not (module_name and path):
        raise ExtensionError(f"{place}: write MODULE:FUNCTION")
    try:
        found: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        raise ExtensionError(
            f"{place}: no module named {error.name!r}; install its package, or put the folder of "
            "the module on PYTHONPATH"
        ) from error
    except Exception as error:
        raise ExtensionError(f"{place}: importing it failed: {_described(error)}") from error
    for attribute in path.split("."):
        if not hasattr(found, attribute):
            raise ExtensionError(
                f"{place}: module {module_name!r} has no {path!r}; correct the name"
            )
        found = getattr(found, attribute)
    if not callable(found):
        raise ExtensionError(
            f"{place}: it is of type {type(found).__name__}, not a function; name a function"
        )
    function: Callable[..., Any] = found
    return function


@cache
def installed(group: str) -> Mapping[str, tuple[EntryPoint, ...]]:
    """List the entry points of a group by name; imports none of them."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in entry_points(group=group):
        found[point.name] = (*found.get(point.name, ()), point)
    return found


def package_of(point: EntryPoint) -> str:
    """Name the package of an entry point, with its version."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def load_installed(group: str, name: str) -> tuple[Any, str]:
    """Import what a package offers under a name.

    Returns:
        The object, and the name and version of its package for messages.

    Raises:
        KeyError: If no package offers it.
        ExtensionError: If two packages do, or it cannot be imported.
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
            f"{_described(error)}; install it again, or uninstall it"
        ) from error


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
