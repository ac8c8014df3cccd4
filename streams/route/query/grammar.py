r"""The query language as text: what is written in ``routes.toml`` and in saved searches.

::

    query   = all { "or" all }
    all     = one { "and" one }
    one     = "not" one | "(" query ")" | clause
    clause  = [ field ":" ] value [ "near" [ "/" number ] value ]
    value   = word [ "*" ] | '"' words [ "*" ] '"' [ "~" number ]     \" and \\ inside
    field   = any | title | text | entity | type | language | source | domain
            | topic | published | kind

``near`` binds closest, then ``not``, then ``and``, then ``or``; there is no joining by mere
space, so that ``entity:United States`` is an error and not a surprise. Keywords, fields and values
may be written in capitals or small letters. A word without quotation marks begins with a
letter or digit and has no signs that other query languages give a meaning (``-a``, ``a~``,
``a?``, ``a^2``, ``a & b``): those are errors too, rather than read in another sense.
"""

from collections.abc import Callable
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
    both,
    either,
    negated,
)
from streams.route.query.clause import build_clause, build_near, with_slop
from streams.route.query.errors import QuerySyntaxError, describe_syntax_error

MAX_CHARS = 10_000
"""Longest query: some 500 clauses. The worst of this length (2,000 clauses, 5,000 brackets) took
0.1 s to parse on a busy machine; people's take 0.2 ms. Chosen, no source."""

MAX_DEPTH = 30
"""Deepest nesting of and, or, not; people's rules have 3 or 4. Chosen, no source."""

NEAR_WORDS = 10
"""Words between the two of ``near`` without a number: one clause of a sentence; Lucene, whose
``WITHIN`` needs a number, has no default to follow."""

_GRAMMAR = r"""
?start: alternatives
alternatives: conditions (_OR conditions)*
conditions: _one (_AND _one)*
_one: negation | "(" alternatives ")" | clause
negation: _NOT _one
clause: (FIELD (VALUE | QUOTED) | WORD | QUOTED) (NEAR (WORD | QUOTED))?

_AND: /and(?=[\s()"]|$)/i
_OR: /or(?=[\s()"]|$)/i
_NOT: /not(?=[\s()"]|$)/i
FIELD.2: /[^\W\d_]\w*:/
NEAR: /near(?:\/\d+)?(?=[\s()"]|$)/i
QUOTED: /"(?:[^"\\]|\\.)*"(?:~\d+)?/s
VALUE: /[^\s()"*“”„«»]+\*?/
WORD: /(?!(?:and|or|not|near(?:\/\d+)?)(?=[\s()"]|$))[^\W_][^\s()":*?~^&|!<>=+{}\[\]\\“”„«»]*\*?/i
%ignore /\s+/
"""


def parse_query(text: str) -> Query:
    """Read a query.

    Args:
        text: In the query language, at most `MAX_CHARS` characters.

    Raises:
        QuerySyntaxError: If it is none, is empty, too long or nested too deep, or would hold
            for what has nothing that it names, since all it says is what should not be there.

    Examples:
        >>> parse_query("kind:copy")
        QueryClause(field=<QueryField.KIND: 'kind'>, value='copy', prefix=False, slop=0, near=None)
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
        query: Query = _Reader(text).transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise QuerySyntaxError(text, *describe_syntax_error(text, error)) from None
    except VisitError as error:
        raise error.orig_exc from None
    if _depth(query) > MAX_DEPTH:
        raise QuerySyntaxError(text, 0, f"nested deeper than {MAX_DEPTH} levels")
    if _holds_for_nothing(query):
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


class _Reader(Transformer_NonRecursive[Token, Query]):
    """Turns lark's tree into a query, and checks each clause."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def alternatives(self, parts: list[Query]) -> Query:
        return either(parts)

    def conditions(self, parts: list[Query]) -> Query:
        return both(parts)

    def negation(self, parts: list[Query]) -> Query:
        return negated(parts[0])

    def clause(self, tokens: list[Token]) -> Query:
        field = self._field(tokens.pop(0)) if tokens[0].type == "FIELD" else QueryField.ANY
        value, *beside = tokens
        text, slop = _value(value)
        made = self._at(value, lambda: build_clause(field, text))
        if slop is not None:
            made = self._at(value, lambda: with_slop(made, slop) if slop else made)
        if beside:
            sign, other = beside
            text, slop_of_other = _value(other)
            if slop_of_other is not None:
                problem = "`~` has no meaning beside `near`; expected the phrase alone"
                raise QuerySyntaxError(self.text, other.start_pos or 0, problem)
            within = _number(sign.partition("/")[2]) if "/" in sign else NEAR_WORDS
            return self._at(sign, lambda: build_near(made, text, within))
        return made

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


def _value(token: Token) -> tuple[str, int | None]:
    """Give the text of a value, and the number behind it if there is one."""
    if token.type != "QUOTED":
        return str(token), None
    quoted, mark, number = token.rpartition("~")
    if not (mark and number.isdigit()):
        return _unquoted(token), None
    return _unquoted(quoted), _number(number)


def _number(digits: str) -> int:
    """Read digits; a long number is only known to be too large."""
    return int(digits[:9])


def _unquoted(quoted: str) -> str:
    characters = iter(quoted[1:-1])
    return "".join(next(characters) if one == "\\" else one for one in characters)


def _depth(query: Query) -> int:
    """Count the levels of a query; with a stack of its own, since it may be too deep for Python."""
    deepest = 0
    waiting = [(query, 1)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(part, Not):
            waiting.append((part.part, depth + 1))
        elif isinstance(part, And | Or):
            waiting.extend((inner, depth + 1) for inner in part.parts)
    return deepest


def _holds_for_nothing(query: Query) -> bool:
    """Whether a query holds when none of its clauses does."""
    match query:
        case QueryClause():
            return False
        case Not(part=part):
            return not _holds_for_nothing(part)
        case And(parts=parts):
            return all(_holds_for_nothing(part) for part in parts)
        case Or(parts=parts):
            return any(_holds_for_nothing(part) for part in parts)
