"""The file of entities that a user adds: read again when it changes, without a restart."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import msgspec

from streams.config.toml_tables import TomlFile
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.tag.additions import TYPES, AddedEntity, added_entity
from streams.tag.article import Tagger, with_entities
from streams.tag.names import fold

HERE = Path("entities.toml")
"""Taken from the working directory when no file is named."""


REMEDIES: Final = {
    "name": "give a name",
    "type": f"give one of {', '.join(TYPES)}",
    "id": "give Q…, geonames:… or local:…",
    "aliases": 'give a list of names, such as ["HBA"]',
    "note": "give a text",
}
"""What a field of an entry takes."""


class EntityEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[[entity]]`` of the file.

    Attributes:
        name: As it is shown.
        type: One of person, org, gpe, loc, norp, event.
        id: Of Wikidata, ``geonames:…`` or ``local:…``; a known one is overridden.
        aliases: Other names.
        note: What people should know of it.
    """

    name: str
    type: str
    id: Annotated[str, msgspec.Meta(pattern=r"^(Q\d+|geonames:\d+|local:\S{1,480})$")] = ""
    aliases: tuple[str, ...] = ()
    note: str = ""


def load_entities(path: Path | None = None) -> tuple[AddedEntity, ...]:
    """Read the entities of a file.

    Args:
        path: The file; None: `HERE`, which need not exist.

    Raises:
        UsageError: If the file cannot be read, or an entry cannot be used.
    """
    file = path or HERE
    if path is None and not file.exists():
        return ()
    try:
        return parse_entities(file.read_text("utf-8-sig"), file=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"reading the entities in {file}: {error}") from error


def parse_entities(text: str, *, file: str = "entities.toml") -> tuple[AddedEntity, ...]:
    r"""Read the entities of the text of a file.

    Args:
        text: TOML with tables ``[[entity]]``, see `EntityEntry`.
        file: Its name, for messages.

    Raises:
        UsageError: If the text is not TOML or an entry cannot be used.

    Examples:
        >>> parse_entities('[[entity]]\nname = "Harbor Authority"\ntype = "org"')[0].known.id
        'local:org:harbor-authority'
    """
    toml = TomlFile(text, file)
    for key in toml.tables:
        if key != "entity":
            raise toml.problem("expected only tables [[entity]]", key=key)
    found = []
    for table, line in toml.blocks("entity", remedy="expected [[entity]]"):
        entry = toml.convert(table, EntityEntry, remedies=REMEDIES, start=line)
        if entry.type not in TYPES:
            raise toml.problem(REMEDIES["type"], key="type", start=line)
        for key, names in (("name", (entry.name,)), ("aliases", entry.aliases)):
            if not all(map(fold, names)):
                raise toml.problem(REMEDIES[key], key=key, start=line)
        found.append(
            added_entity(
                entry.name, entry.type, id_=entry.id, aliases=entry.aliases, note=entry.note
            )
        )
    return tuple(found)


def watched_tagger(tagger: Tagger, path: Path | None = None) -> Callable[[], Tagger]:
    """Return a function that returns a tagger with the entities of a file as it is now.

    Args:
        tagger: The shipped one.
        path: The file; None: `HERE`, which need not exist.

    Raises:
        UsageError: If the file cannot be read, or an entry cannot be used.
    """
    load_entities(path)  # a file that was named must exist at the start, and may be removed later
    file = path or HERE
    watched = WatchedFile(file, lambda: load_entities(file) if file.exists() else ())
    current = with_entities(tagger, watched.value) if watched.value else tagger

    def refreshed() -> Tagger:
        nonlocal current
        if watched.refresh():
            current = with_entities(tagger, watched.value) if watched.value else tagger
        return current

    return refreshed
