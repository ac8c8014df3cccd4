r"""Parse the query language of ``routes.toml`` and of saved searches.

::

    query   = all { "or" all }
    all     = one { [ "and" ] one }
    one     = "not" one | "(" query ")" | clause
    clause  = [ field ":" ] value [ "near" [ "/" number ] value ]
    value   = [ "=" ] ( word [ "*" ] | '"' words [ "*" ] '"' [ "~" number ] )     \" and \\ inside
    field   = any | title | text | entity | type | language | source | domain
            | topic | published | kind

``near`` binds closest, then ``not``, then ``and``, then ``or``. A space alone means ``and``, as in
search engines; but not where a reader may understand the words as a phrase of which a field, a
``not`` or a ``near`` holds for all: ``entity:United States`` is an error and not a surprise.
Keywords, fields and values may be written in capital or small letters; after ``=`` case and accents
count. A word without quotation marks begins with a letter or digit and has no signs that have a
meaning in other query languages (``-a``, ``a~``, ``a?``, ``a^2``, ``a & b``): these are errors, and
not understood in a different sense. Typographic quotation marks are read as plain ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token, UnexpectedInput
from lark.exceptions import VisitError
from lark.visitors import Transformer_NonRecursive

from streams.route.query.ast import (
    And,
    Not,
    Or,
    Query,
    QueryClause,
    QueryField,
    conjunction,
    disjunction,
    negation,
)
from streams.route.query.clause import build_clause, build_near, with_slop
from streams.route.query.errors import QuerySyntaxError, describe_syntax_error

MAX_CHARS = 10_000
"""Longest query in characters, some 500 clauses. The slowest queries of this length (2,000 clauses,
5,000 brackets) took 0.1 s to parse on a busy machine; those that people write take 0.2 ms. This
project's choice."""

MAX_DEPTH = 30
"""Deepest nesting of and, or, not; rules that people write have 3 or 4. This project's choice."""

NEAR_WORDS = 10
"""Largest number of words between the operands of ``near`` without a number, about a clause of a
sentence. There is no default to follow: Lucene's ``WITHIN`` needs a number."""

_GRAMMAR = r"""
?start: alternatives
alternatives: conditions (_OR conditions)*
conditions: _one (AND? _one)*
_one: negation | "(" alternatives ")" | clause
negation: _NOT _one
clause: (FIELD (VALUE | QUOTED) | WORD | QUOTED) (NEAR (WORD | QUOTED))?

AND: /and(?=[\s()"“”„«»]|$)/i
_OR: /or(?=[\s()"“”„«»]|$)/i
_NOT: /not(?=[\s()"“”„«»]|$)/i
FIELD.2: /[^\W\d_]\w*:/
NEAR: /near(?:\/\d+)?(?=[\s()"“”„«»]|$)/i
QUOTED.3: /=?(?:"(?:[^"\\]|\\.)*"|[“”„«»](?:[^"“”„«»\\]|\\.)*[“”„«»])(?:~\d+)?/s
VALUE: /[^\s()"*“”„«»]+\*?/
WORD: /=?(?!(?:and|or|not|near(?:\/\d+)?)(?=[\s()"“”„«»]|$))[^\W_][^\s()":*?~^&|!<>=+{}\[\]\\“”„«»]*\*?/i
%ignore /\s+/
"""  # noqa: E501  # a pattern


def parse_query(text: str) -> Query:
    """Parse a query.

    Args:
        text: The query, at most `MAX_CHARS` characters.

    Raises:
        QuerySyntaxError: If the query is invalid, empty, too long or nested too deeply, or if it
            would match articles that have none of its words because it only excludes.

    Examples:
        >>> clause = parse_query("kind:copy")
        >>> clause.field, clause.value
        (<QueryField.KIND: 'kind'>, 'copy')
        >>> parse_query("bridge and titel:harbor")
        Traceback (most recent call last):
        streams.route.query.errors.QuerySyntaxError: column 12: no field `titel`; expected any, …
            bridge and titel:harbor
                       ^
    """
    if len(text) > MAX_CHARS:
        raise QuerySyntaxError(text, MAX_CHARS, f"longer than {MAX_CHARS:,} characters")
    if not text.strip():
        raise QuerySyntaxError(text, 0, "empty; expected a clause such as `title:election*`")
    try:
        query: Query = _QueryBuilder(text).transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise QuerySyntaxError(text, *describe_syntax_error(text, error)) from None
    except VisitError as error:
        raise error.orig_exc from None
    if _depth(query) > MAX_DEPTH:
        raise QuerySyntaxError(text, 0, f"nested deeper than {MAX_DEPTH} levels")
    if _only_excludes(query):
        raise QuerySyntaxError(
            text,
            0,
            "matches whatever lacks these words, which is nearly everything; "
            "expected at least one clause without `not`",
        )
    return query


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause or negation, with what decides whether a space alone may join it to others.

    Attributes:
        query: The clause or negation.
        start: Index of its first character.
        is_bare: Whether it is one word without field and quotation marks.
        is_open: Whether a bare word behind it may be understood as its continuation.
        is_pair: Whether it is two values joined by ``near``, the first one bare.
    """

    query: Query
    start: int
    is_bare: bool = False
    is_open: bool = False
    is_pair: bool = False


class _QueryBuilder(Transformer_NonRecursive[Token, Query]):
    """Transforms lark's tree into a query, and validates each clause."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def alternatives(self, parts: list[Query]) -> Query:
        return disjunction(parts)

    def conditions(self, parts: list[_Part | Query | Token]) -> Query:
        before: _Part | Query | Token | None = None
        for part in parts:
            if isinstance(before, _Part) and isinstance(part, _Part):
                self._check_adjacent(before, part)
            before = part
        return conjunction(
            part.query if isinstance(part, _Part) else part
            for part in parts
            if not isinstance(part, Token)
        )

    def negation(self, parts: list[_Part | Query]) -> _Part:
        (part,) = parts
        if isinstance(part, _Part):
            return _Part(negation(part.query), part.start, is_open=part.is_bare or part.is_open)
        return _Part(negation(part), 0)

    def clause(self, tokens: list[Token]) -> _Part:
        first = tokens[0]
        has_field = first.type == "FIELD"
        field = self._field(tokens.pop(0)) if has_field else QueryField.ANY
        value, *rest = tokens
        is_word = value.type != "QUOTED"
        text, slop, exact = _value(value)
        clause = self._at(value, lambda: build_clause(field, text, exact=exact))
        if slop is not None:
            clause = self._at(value, lambda: with_slop(clause, slop) if slop else clause)
        start = first.start_pos or 0
        if not rest:
            bare = is_word and not has_field
            return _Part(clause, start, is_bare=bare, is_open=is_word and has_field)
        sign, other = rest
        text, other_slop, exact = _value(other)
        if other_slop is not None:
            problem = "`~` has no meaning beside `near`; expected the phrase alone"
            raise QuerySyntaxError(self.text, other.start_pos or 0, problem)
        within = _number(sign.partition("/")[2]) if "/" in sign else NEAR_WORDS
        pair = self._at(sign, lambda: build_near(clause, text, within, exact=exact))
        is_open = other.type != "QUOTED"
        return _Part(pair, start, is_open=is_open, is_pair=is_word and not has_field)

    def _check_adjacent(self, before: _Part, part: _Part) -> None:
        """Refuse two parts side by side of which a reader may take the words for a phrase.

        Raises:
            QuerySyntaxError: If the second part begins with a word that may belong to the first.
        """
        if (before.is_open and part.is_bare) or (
            part.is_pair and (before.is_bare or before.is_open)
        ):
            word = self.text[part.start : part.start + 20].split(maxsplit=1)[0]
            problem = (
                f"unexpected `{word}`; expected `and`, `or` or the end; several words need "
                "quotation marks"
            )
            raise QuerySyntaxError(self.text, part.start, problem)

    def _field(self, token: Token) -> QueryField:
        name = token[:-1].lower()
        if name not in set(QueryField):
            problem = f"no field `{token[:-1]}`; expected {', '.join(QueryField)}"
            raise QuerySyntaxError(self.text, token.start_pos or 0, problem)
        return QueryField(name)

    def _at(self, token: Token, make: Callable[[], QueryClause]) -> QueryClause:
        try:
            return make()
        except ValueError as error:
            raise QuerySyntaxError(self.text, token.start_pos or 0, str(error)) from None


def _value(token: Token) -> tuple[str, int | None, bool]:
    """Return the text of a value, the number after ``~`` if any, and whether ``=`` is before it."""
    text = token.removeprefix("=")
    exact = len(text) < len(token)
    if token.type != "QUOTED":
        return text, None, exact
    quoted, mark, number = text.rpartition("~")
    if not (mark and number.isdigit()):
        return _unquoted(text), None, exact
    return _unquoted(quoted), _number(number), exact


def _number(digits: str) -> int:
    """Parse digits; of a long number only the first nine, since it is too large in any case."""
    return int(digits[:9])


def _unquoted(quoted: str) -> str:
    characters = iter(quoted[1:-1])
    return "".join(next(characters) if char == "\\" else char for char in characters)


def _depth(query: Query) -> int:
    """Return the number of levels of a query.

    The stack is explicit, since the query may be nested too deeply for recursion in Python.
    """
    deepest = 0
    stack = [(query, 1)]
    while stack:
        part, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(part, Not):
            stack.append((part.part, depth + 1))
        elif isinstance(part, And | Or):
            stack.extend((inner, depth + 1) for inner in part.parts)
    return deepest


def _only_excludes(query: Query) -> bool:
    """Return whether a query holds when none of its clauses does."""
    match query:
        case QueryClause():
            return False
        case Not(part=part):
            return not _only_excludes(part)
        case And(parts=parts):
            return all(_only_excludes(part) for part in parts)
        case Or(parts=parts):
            return any(_only_excludes(part) for part in parts)
