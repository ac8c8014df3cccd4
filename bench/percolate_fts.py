"""Match saved searches by SQLite's full-text search, as a peer of the percolator.

One article at a time is in an FTS5 table in memory; one statement evaluates all searches on it.
This is how searches are percolated with Python's standard library. Searches that FTS5 cannot
express are left out: phrases with a slop, and a word near itself (FTS5 accepts one occurrence).
"""

import sqlite3
import time
from collections.abc import Mapping

from streams.records import EnrichedArticle, event_time
from streams.route.query.ast import And, Not, Or, Query, QueryClause, QueryField

COLUMNS = {
    QueryField.ANY: "{title text}",
    QueryField.TITLE: "title",
    QueryField.TEXT: "text",
    QueryField.LANGUAGE: "language",
    QueryField.SOURCE: "source",
    QueryField.PUBLISHED: "year",
}


class FullTextSearch:
    """Stores searches, and returns those that match an article.

    Args:
        queries: Searches by name; those that FTS5 cannot express are left out.
    """

    def __init__(self, queries: Mapping[str, Query]) -> None:
        self._base = sqlite3.connect(":memory:")
        self._base.execute(
            "create virtual table article using fts5(title, text, language, source, year, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._base.execute("create table search (name text, query text)")
        texts = {name: spelled(query) for name, query in queries.items() if not is_foreign(query)}
        self._base.executemany("insert into search values (?, ?)", texts.items())
        self.names = frozenset(texts)

    def wanting(self, article: EnrichedArticle) -> tuple[list[str], float]:
        """Return the names of matching searches, sorted, and the CPU seconds used."""
        values = (
            article.title,
            article.text,
            article.language.code,
            article.source,
            str(event_time(article).year),
        )
        started = time.thread_time()
        self._base.execute("delete from article")
        self._base.execute("insert into article values (?, ?, ?, ?, ?)", values)
        found = self._base.execute(
            "select name from search where exists "
            "(select 1 from article where article match search.query)"
        ).fetchall()
        seconds = time.thread_time() - started
        return sorted(name for (name,) in found), seconds


def is_foreign(query: Query) -> bool:
    """Return whether FTS5 cannot express a query."""
    match query:
        case QueryClause():
            return query.slop > 0 or (query.near is not None and query.near.value == query.value)
        case Not(part=part):
            return is_foreign(part)
        case And(parts=parts) | Or(parts=parts):
            return any(map(is_foreign, parts))


def spelled(query: Query) -> str:
    """Return a query in the language of FTS5.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> spelled(parse_query('"rate rise" and not title:sport*'))
        '({title text} : "rate rise") NOT (title : "sport" *)'
    """
    match query:
        case QueryClause(near=None):
            return f"{COLUMNS[query.field]} : {phrase(query.value, prefix=query.prefix)}"
        case QueryClause(near=near) if near is not None:
            both = f"{phrase(query.value)} {phrase(near.value)}"
            return f"{COLUMNS[query.field]} : NEAR({both}, {near.within})"
        case Or(parts=parts):
            return " OR ".join(f"({spelled(part)})" for part in parts)
        case And(parts=parts):
            wanted = " AND ".join(f"({spelled(one)})" for one in parts if not isinstance(one, Not))
            unwanted = [one.part for one in parts if isinstance(one, Not)]
            if not unwanted:
                return wanted
            rest = " OR ".join(f"({spelled(one)})" for one in unwanted)
            inner = wanted if wanted.count(" AND ") == 0 else f"({wanted})"
            return f"{inner} NOT {rest}" if len(unwanted) == 1 else f"{inner} NOT ({rest})"
        case _:
            raise ValueError("FTS5 has no `not` alone")


def phrase(value: str, *, prefix: bool = False) -> str:
    """Return words as a quoted phrase."""
    return f'"{value}"' + (" *" if prefix else "")
