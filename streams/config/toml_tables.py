"""Validate the operator's TOML files by table; errors name file, line, field and remedy."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from streams.config.toml_lines import block_lines, key_line, table_line, toml_error_line
from streams.errors import UsageError, did_you_mean

T = TypeVar("T", bound=msgspec.Struct)

_PLACE = re.compile(r" - at `\$\.?(\w*)[^`]*`$")
_NAMED = re.compile(r"(unknown|missing required) field `([^`]*)`")


class TomlFile:
    """The tables of a TOML file, and the errors about them.

    Args:
        text: Content of the file.
        file: Name of the file in messages.
        error: Creates the error to raise from a message.

    Attributes:
        tables: Parsed content of the file.

    Raises:
        UsageError: If the text is not TOML.
    """

    def __init__(
        self, text: str, file: object, *, error: Callable[[str], UsageError] = UsageError
    ) -> None:
        self._text = text
        self._file = file
        self._error = error
        try:
            self.tables: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            line, message = toml_error_line(text, wrong)
            raise error(f"{file}:{line}: not valid TOML: {message}") from None

    def problem(
        self, message: str, *, key: str = "", start: int = 1, label: str = ""
    ) -> UsageError:
        """Return the error about a key of a table.

        Args:
            message: What is wrong, and the remedy.
            key: The key; empty for the table itself.
            start: Line on which the table begins.
            label: Name of the table in messages.
        """
        line = key_line(self._text, start, key) if key else start
        where = " ".join(filter(None, (label, key)))
        return self._error(f"{self._file}:{line}: {where}: {message}")

    def blocks(self, name: str, *, remedy: str) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield each table ``[[name]]`` and the line on which it begins.

        Raises:
            UsageError: If the key is not a list of tables.
        """
        blocks = self.tables.get(name, [])
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            raise self.problem(remedy, key=name)
        yield from zip(blocks, block_lines(self._text, name, len(blocks)), strict=True)

    def table_line(self, name: str) -> int:
        """Return the line on which the table ``[name]`` begins; 1 if it is not found."""
        return table_line(self._text, name)

    def convert(
        self,
        table: Mapping[str, Any],
        type_: type[T],
        *,
        remedies: Mapping[str, str],
        start: int = 1,
        label: str = "",
    ) -> T:
        """Return the values of a table as a struct.

        Args:
            table: Parsed content of the table.
            type_: Struct with the fields of the table and their limits.
            remedies: The remedy that an error names for each field.
            start: Line on which the table begins.
            label: Name of the table in messages.

        Raises:
            UsageError: If a value is invalid; the message does not contain the value.
        """
        try:
            return msgspec.convert(table, type_)
        except msgspec.ValidationError as error:
            message = str(error)
        place, named = _PLACE.search(message), _NAMED.search(message)
        key = named[2] if named else place[1] if place else ""
        remedy = remedies.get(key, message)
        if named and named[1] == "unknown":
            remedy = unknown(key, type_.__struct_encode_fields__)
        elif named:
            remedy = f"missing; {remedy}"
        raise self.problem(remedy, key=key, start=start, label=label)


def unknown(key: str, known: tuple[str, ...]) -> str:
    """Return the message about an unknown key, with a suggestion.

    Examples:
        >>> unknown("tpoic", ("topic", "tokens"))
        'unknown; known here: topic, tokens; did you mean "topic"?'
    """
    return f"unknown; known here: {', '.join(known)}{did_you_mean(key, known)}"
