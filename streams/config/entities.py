"""Read the entities that a user adds in entities.toml; a change needs no restart."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import msgspec

from streams.config.toml_tables import TomlFile
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError
from streams.runtime.regular_file import read_text
from streams.tag.additions import TYPES, AddedEntity, added_entity
from streams.tag.article import Tagger, with_entities
from streams.tag.names import fold

DEFAULT_FILE = Path("entities.toml")
"""File in the working directory that is read by default."""


REMEDIES: Final = {
    "name": "give a name",
    "type": f"give one of {', '.join(TYPES)}",
    "id": "give Q…, geonames:… or local:…",
    "aliases": 'give a list of names, such as ["HBA"]',
    "note": "give a text",
}
"""The remedy that an error message names for each field of an entry."""


class EntityEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[[entity]]`` of the file.

    Attributes:
        name: Name that is shown.
        type: One of person, org, gpe, loc, norp, event.
        id: Wikidata id, ``geonames:…`` or ``local:…``; the entry replaces a known entity of
            the same id.
        aliases: Other names.
        note: Explanation for readers of the file.
    """

    name: str
    type: str
    id: Annotated[str, msgspec.Meta(pattern=r"^(Q\d+|geonames:\d+|local:\S{1,480})$")] = ""
    aliases: tuple[str, ...] = ()
    note: str = ""


def load_entities(path: Path | None = None) -> tuple[AddedEntity, ...]:
    """Read the entities from a file.

    Args:
        path: The file. Defaults to `DEFAULT_FILE`, which need not exist.

    Raises:
        UsageError: If the file cannot be read or an entry is invalid.
    """
    file = path or DEFAULT_FILE
    if path is None and not file.exists():
        return ()
    try:
        return parse_entities(read_text(file), file=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"reading the entities in {file}: {error}") from error


def parse_entities(text: str, *, file: str = "entities.toml") -> tuple[AddedEntity, ...]:
    r"""Parse the text of entities.toml.

    Args:
        text: TOML with tables ``[[entity]]``; see `EntityEntry`.
        file: Name of the file in messages.

    Raises:
        UsageError: If the text is not TOML or an entry is invalid.

    Examples:
        >>> parse_entities('[[entity]]\nname = "Harbor Authority"\ntype = "org"')[0].facts.id
        'local:org:harbor-authority'
    """
    toml = TomlFile(text, file)
    for key in toml.tables:
        if key != "entity":
            raise toml.problem("expected only tables [[entity]]", key=key)
    entities = []
    for table, line in toml.blocks("entity", remedy="expected [[entity]]"):
        entry = toml.convert(table, EntityEntry, remedies=REMEDIES, start=line)
        if entry.type not in TYPES:
            raise toml.problem(REMEDIES["type"], key="type", start=line)
        for key, names in (("name", (entry.name,)), ("aliases", entry.aliases)):
            if not all(map(fold, names)):
                raise toml.problem(REMEDIES[key], key=key, start=line)
        entities.append(
            added_entity(
                entry.name, entry.type, id_=entry.id, aliases=entry.aliases, note=entry.note
            )
        )
    return tuple(entities)


def watched_tagger(tagger: Tagger, path: Path | None = None) -> Callable[[], Tagger]:
    """Return a function that returns a tagger with the current entities of a file.

    Args:
        tagger: Tagger with the shipped entities.
        path: The file. Defaults to `DEFAULT_FILE`, which need not exist.

    Raises:
        UsageError: If the file cannot be read or an entry is invalid.
    """
    load_entities(path)  # a named file must exist at the start, and may be removed later
    file = path or DEFAULT_FILE
    watched = WatchedFile(file, lambda: load_entities(file) if file.exists() else ())
    current = with_entities(tagger, watched.value) if watched.value else tagger

    def refreshed() -> Tagger:
        nonlocal current
        if watched.refresh():
            current = with_entities(tagger, watched.value) if watched.value else tagger
        return current

    return refreshed
