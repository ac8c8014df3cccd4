"""What is wrong with a query, where, and what was expected there: for the person who wrote it."""

import re

from lark.exceptions import UnexpectedInput, UnexpectedToken

from streams.errors import UsageError

_EXPECTED = {
    "_AND": "`and`",
    "_OR": "`or`",
    "_NOT": "`not`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "FIELD": "`field:`",
    "WORD": "a word",
    "VALUE": "a word",
    "QUOTED": 'a phrase in `"…"`',
    "$END": "the end",
}
"""Terminals of the grammar as people call them, in the order in which they are listed."""


_QUOTED = re.compile(r"`[^`]*`")

SHOWN_CHARS = 40
"""Of a value: its beginning says enough."""


class QuerySyntaxError(UsageError):
    """A query cannot be read; the message shows the place and what was expected there.

    Attributes:
        query: All of it.
        position: Index of the character where it goes wrong.
        problem: What is wrong and what was expected, one sentence.
    """

    def __init__(self, query: str, position: int, problem: str) -> None:
        """Point at the place."""
        self.query = query
        self.position = position
        self.problem = _readable(_QUOTED.sub(_cut, problem))
        super().__init__(f"column {self.column}: {self.problem}\n{self.pointer}")

    @property
    def line(self) -> int:
        """Line of the query, the first is 1."""
        return self.query.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """Column in its line, the first is 1."""
        return self.position - self.query.rfind("\n", 0, self.position)

    @property
    def pointer(self) -> str:
        """The line as written, and below it a mark at the place; long lines are cut."""
        shown = self.query.split("\n")[self.line - 1]
        start = max(0, self.column - 41)
        cut = _readable(shown[start : start + 80].replace("\t", " "))
        return f"    {cut}\n    {' ' * (self.column - 1 - start)}^"


def _cut(found: re.Match[str]) -> str:
    quoted = found[0]
    return quoted if len(quoted) <= SHOWN_CHARS + 2 else f"{quoted[: SHOWN_CHARS + 1]}…`"


def _readable(text: str) -> str:
    """Replace what cannot be seen, character by character: the mark stays where it belongs."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def describe_syntax_error(text: str, error: UnexpectedInput) -> tuple[int, str]:
    """Say where and in what way a text is no query, from what lark found.

    Returns:
        The index of the character where it goes wrong, and a sentence.
    """
    if not isinstance(error, UnexpectedToken):
        position = error.pos_in_stream or 0
        return position, f'{_unreadable(text, position)}; expected a word or a phrase in `"…"`'
    accepted = set(error.accepts or ())
    if accepted & {"$END", "RPAR"}:  # the parser has gone on and forgotten these
        accepted |= {"_AND", "_OR"}
    expected = list(
        dict.fromkeys(name for terminal, name in _EXPECTED.items() if terminal in accepted)
    )
    if error.token.type == "$END":
        return len(text.rstrip()), f"it ends too soon; expected {_listed(expected)}"
    position = error.token.start_pos or 0
    several = "_AND" in accepted and text[position] != ")"
    hint = "; several words need quotation marks" if several else ""
    return (
        position,
        f"{_found(text, position)} cannot stand here; expected {_listed(expected)}{hint}",
    )


def _unreadable(text: str, position: int) -> str:
    found = _found(text, position)
    if text[position] == '"':
        return "a quotation mark that is never closed"
    if text[position] in "“”„«»":
        return f"{found} has a typographic quotation mark"
    return f"{found} cannot stand here"


def _found(text: str, position: int) -> str:
    return f"`{text[position : position + 20].split(maxsplit=1)[0]}`"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
