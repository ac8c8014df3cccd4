"""Describe syntax errors of queries: the position, the problem, and what was expected."""

import re

from lark.exceptions import UnexpectedInput, UnexpectedToken

from streams.errors import UsageError

_EXPECTED = {
    "AND": "`and`",
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
"""Terminals of the grammar as messages name them, in the order in which messages list them."""


_QUOTED = re.compile(r"`[^`]*`")

SHOWN_CHARS = 40
"""Longest quotation from a query in a message; longer ones are cut."""


class QuerySyntaxError(UsageError):
    """A query is invalid; the message shows the position and what was expected there.

    Attributes:
        query: The whole query.
        position: Index of the character at which the error was found.
        problem: The problem and what was expected, one sentence.
    """

    def __init__(self, query: str, position: int, problem: str) -> None:
        self.query = query
        self.position = position
        self.problem = _printable(_QUOTED.sub(_shorten, problem))
        super().__init__(f"column {self.column}: {self.problem}\n{self.pointer}")

    @property
    def line(self) -> int:
        """Line of the query, counted from 1."""
        return self.query.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """Column in the line, counted from 1."""
        return self.position - self.query.rfind("\n", 0, self.position)

    @property
    def pointer(self) -> str:
        """The line as written, and below it a mark at the position; long lines are cut."""
        shown = self.query.split("\n")[self.line - 1]
        start = max(0, self.column - 41)
        cut = _printable(shown[start : start + 80].replace("\t", " "))
        return f"    {cut}\n    {' ' * (self.column - 1 - start)}^"


def _shorten(match: re.Match[str]) -> str:
    quoted = match[0]
    return quoted if len(quoted) <= SHOWN_CHARS + 2 else f"{quoted[: SHOWN_CHARS + 1]}…`"


def _printable(text: str) -> str:
    """Replace each invisible character by one visible one, so that the pointer stays in place."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def describe_syntax_error(text: str, error: UnexpectedInput) -> tuple[int, str]:
    """Describe a syntax error that lark found.

    Returns:
        The index of the character at which the error was found, and a sentence.
    """
    position = error.pos_in_stream or 0
    if not isinstance(error, UnexpectedToken) or text.startswith('="', position):
        return position, f'{_unreadable(text, position)}; expected a word or a phrase in `"…"`'
    accepted = set(error.accepts or ())
    if accepted & {"$END", "RPAR"}:  # the parser has reduced the clause and dropped these
        accepted = accepted & {"$END", "RPAR"} | {"AND", "_OR"}  # the usual way to go on
    expected = list(
        dict.fromkeys(name for terminal, name in _EXPECTED.items() if terminal in accepted)
    )
    if error.token.type == "$END":
        return len(text.rstrip()), f"unexpected end; expected {_listed(expected)}"
    position = error.token.start_pos or 0
    several = "AND" in accepted and text[position] != ")"
    hint = "; several words need quotation marks" if several else ""
    return position, f"unexpected {_word_at(text, position)}; expected {_listed(expected)}{hint}"


def _unreadable(text: str, position: int) -> str:
    word = _word_at(text, position)
    if text[position:].startswith(('"', '="')):
        return "a quotation mark that is never closed"
    if text[position] in "“”„«»":
        return f"{word} has a typographic quotation mark"
    return f"unexpected {word}"


def _word_at(text: str, position: int) -> str:
    return f"`{text[position : position + 20].split(maxsplit=1)[0]}`"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
