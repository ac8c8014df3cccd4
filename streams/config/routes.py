"""Load the rules for routing: the given file, ``routes.toml``, or the rules shipped with us.

The only module that reads rules from files; `streams.config.routes_file` parses their text.
"""

from importlib.resources import files
from pathlib import Path

from streams.config.routes_file import parse_routes
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.records.topics import TOPICS, UNMATCHED, Topic, routed_topic
from streams.route.rules import Rule
from streams.runtime.regular_file import read_text
from streams.settings import Settings

DEFAULT_FILE = Path("routes.toml")
"""File in the working directory that is read by default."""

SHIPPED = "streams/config/data/routes.toml"
"""Name, in messages, of the rules shipped with the package."""


def load_routes(path: Path | None = None) -> tuple[Rule, ...]:
    """Read the rules for routing.

    Args:
        path: The file. Defaults to the choice of `route_file`.

    Raises:
        RouteFileError: If a rule is invalid; the message names file and line.
        UsageError: If the file cannot be read.
    """
    text, name = _text(path)
    return parse_routes(text, file=name)


def required_topics(settings: Settings) -> tuple[Topic, ...]:
    """Return the topics that the settings require: the registry's, and one for each route.

    Raises:
        RouteFileError: If a rule is invalid.
    """
    routes = [rule.name for rule in load_routes(settings.routes)]
    return (*TOPICS, *(routed_topic(route) for route in (*routes, UNMATCHED)))


def watched_routes(path: Path | None = None) -> WatchedFile[tuple[Rule, ...]]:
    """Return the rules, reloaded when their file changes; see `load_routes`."""
    return WatchedFile(path or DEFAULT_FILE, lambda: load_routes(path))


def route_file(path: Path | None = None) -> str:
    """Return the name of the file that `load_routes` reads."""
    chosen = path or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
    return SHIPPED if chosen is None else str(chosen)


def _text(path: Path | None) -> tuple[str, str]:
    name = route_file(path)
    try:
        if name == SHIPPED and path is None:
            return files("streams.config").joinpath("data/routes.toml").read_text("utf-8"), name
        return read_text(Path(name)), name
    except OSError as error:
        raise UsageError(f"reading the rules in {name}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"reading the rules in {name}: not UTF-8: {error.reason}") from error
