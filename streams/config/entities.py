"""The file of entities that a user adds: read again when it changes, without a restart.

The only place where the tagger meets a file that may change.
"""

from pathlib import Path

from streams.errors import UsageError
from streams.tag.additions import EntitiesError, parse_entities
from streams.tag.article import Tagger, with_entities

HERE = Path("entities.toml")
"""Taken from the working directory when no file is named."""


def check_entities(path: Path | None = None) -> None:
    """Look whether the entities of a file can be used, before any process is started.

    Args:
        path: The file; None: `HERE`, which need not be there.

    Raises:
        UsageError: If it cannot be read, or an entry cannot be used.
    """
    file = path or HERE
    if path is None and not file.exists():
        return
    try:
        parse_entities(file.read_text("utf-8-sig"), file=str(file))
    except EntitiesError as error:
        raise UsageError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"reading the entities in {file}: {error}") from error


class WatchedTagger:
    """A tagger that knows the entities of a file as it is now.

    Attributes:
        problem: Why the file as it is cannot be used, and the last good one stays in
            force; empty when it can.
    """

    def __init__(self, tagger: Tagger, path: Path | None = None) -> None:
        """Take the shipped tagger and the file; None: `HERE`, which need not be there.

        Raises:
            UsageError: If a file that was named cannot be read, or an entry cannot be used.
        """
        self._shipped = tagger
        self._path = path or HERE
        self._seen: tuple[int, int] | None = None
        self._current = tagger
        self.problem = ""
        if path is not None and not path.is_file():
            raise UsageError(f"reading the entities in {path}: there is no such file")
        self.current()
        if self.problem:
            raise UsageError(self.problem)

    def current(self) -> Tagger:
        """Give the tagger; looks at the file's time and size, some microseconds."""
        try:
            status = self._path.stat()
        except OSError:
            self._seen, self._current, self.problem = None, self._shipped, ""
            return self._current
        seen = (status.st_mtime_ns, status.st_size)
        if seen != self._seen:
            self._seen = seen
            self._reload()
        return self._current

    def _reload(self) -> None:
        try:
            added = parse_entities(self._path.read_text("utf-8-sig"), file=str(self._path))
        except (EntitiesError, OSError, UnicodeDecodeError) as error:
            self.problem = str(error)
            return
        self.problem = ""
        self._current = with_entities(self._shipped, added)
