"""Texts that users may enter as a query, valid or not, and a check of the error messages."""

from hypothesis import strategies as st

from streams.route.query.ast import query_text
from streams.route.query.errors import QuerySyntaxError
from streams.route.search_query import MAX_SEARCH_CHARS
from tests.support.strategies import queries

WORDS = """and or not near near/8 ( ) " ' : * ~ ~3 \\ / - .. , = && || ! ? [ ] { } “ ”
title: text: entity: type: language: source: domain: topic: published: kind:
bridge Brücke мост 橋 a 2026-03 2026..2027 Q64 person en copy news.test sport*"""
OTHERS = (" ", "  ", "\n", "\t", "\x00", "\u202e", "\U0001f600", "(" * 50, '"' * 20, "not " * 40)
PIECES = st.sampled_from([*WORDS.split(), *OTHERS])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
SPELLED = queries().map(query_text)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Return a query with pieces inserted, removed and exchanged."""
    text = draw(SPELLED)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        text = text[:start] + draw(PIECES | TEXTS) + text[end:]
    return text


def query_texts() -> st.SearchStrategy[str]:
    """Return queries as written, damaged queries, their words in random order, and any text."""
    long_runs = st.tuples(PIECES, st.integers(1, 600)).map(lambda pair: pair[0] * pair[1])
    joined = st.lists(SPELLED, max_size=20).map(
        lambda texts: " and ".join(f"({text})" for text in texts)
    )
    return st.one_of(
        SPELLED,
        damaged(),
        st.lists(PIECES, max_size=40).map(" ".join),
        st.lists(PIECES, max_size=40).map("".join),
        long_runs.map(lambda text: text[:MAX_SEARCH_CHARS]),
        joined,
        TEXTS,
    )


def is_readable(error: QuerySyntaxError, text: str) -> bool:
    """Return whether an error helps: a column in the text, a short problem, and a mark below it."""
    message = str(error)
    return (
        all(line.isprintable() for line in message.split("\n"))
        and 0 <= error.position <= max(len(text), MAX_SEARCH_CHARS)
        and message.startswith(f"column {error.column}: ")
        and 0 < len(error.problem) < 400  # three lines of a terminal
        and message.endswith("^")
        and not any(word in error.problem for word in ("Token(", "Traceback", "object at"))
    )
