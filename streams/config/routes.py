"""The file of rules that is in force: the one named, else ``routes.toml`` here, else the shipped.

The only place where the rules meet a file system; `streams.config.routes_file` reads their text.
"""

from importlib.resources import files
from pathlib import Path

from streams.config.routes_file import parse_routes
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.records.topics import TOPICS, UNMATCHED, Topic, routed_topic
from streams.route.rules import Rule
from streams.settings import Settings

HERE = Path("routes.toml")
"""Taken from the working directory when no file is named."""

SHIPPED = "streams/config/data/routes.toml"
"""What messages call the rules that come with the package."""


def load_routes(path: Path | None = None) -> tuple[Rule, ...]:
    """Read the rules in force.

    Args:
        path: Their file; none: see `route_file`.

    Raises:
        RouteFileError: If a rule cannot be used; the message names file and line.
        UsageError: If the file cannot be read.
    """
    text, name = _text(path)
    return parse_routes(text, file=name)


def required_topics(settings: Settings) -> tuple[Topic, ...]:
    """List the topics that these settings need: the registry's, and one for each route.

    Raises:
        RouteFileError: If the rules cannot be used.
    """
    routes = [rule.name for rule in load_routes(settings.routes)]
    return (*TOPICS, *(routed_topic(route) for route in (*routes, UNMATCHED)))


def watched_routes(path: Path | None = None) -> WatchedFile[tuple[Rule, ...]]:
    """Read the rules in force, and again when their file changes; see `load_routes`."""
    return WatchedFile(path or HERE, lambda: load_routes(path))


def route_file(path: Path | None = None) -> str:
    """Name the file that `load_routes` would read."""
    chosen = path or (HERE if HERE.is_file() else None)
    return SHIPPED if chosen is None else str(chosen)


def _text(path: Path | None) -> tuple[str, str]:
    name = route_file(path)
    try:
        if name == SHIPPED and path is None:
            return files("streams.config").joinpath("data/routes.toml").read_text("utf-8"), name
        return Path(name).read_text("utf-8-sig"), name
    except OSError as error:
        raise UsageError(f"reading the rules in {name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"reading the rules in {name}: not UTF-8: {error.reason}") from error
