"""Values that could never match are refused."""

import pytest

from streams.route.query.ast import QueryClause, QueryField
from streams.route.query.clause import build_clause


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (QueryField.ANY, " two  words ", QueryClause(QueryField.ANY, "two  words")),
        (QueryField.TITLE, "sport *", QueryClause(QueryField.TITLE, "sport", prefix=True)),
        (QueryField.KIND, "NEW", QueryClause(QueryField.KIND, "new")),
        (QueryField.LANGUAGE, "Deu", QueryClause(QueryField.LANGUAGE, "deu")),
        (QueryField.DOMAIN, ".Example.org.", QueryClause(QueryField.DOMAIN, "example.org")),
    ],
)
def test_build_clause_keeps_value_and_prefix(
    field: QueryField, value: str, expected: QueryClause
) -> None:
    assert build_clause(field, value) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (QueryField.ANY, "*"),
        (QueryField.ANY, "a*b"),
        (QueryField.ENTITY, "?!"),
        (QueryField.KIND, "news"),
        (QueryField.KIND, "new*"),
        (QueryField.LANGUAGE, "e1"),
        (QueryField.LANGUAGE, "é"),
        (QueryField.DOMAIN, "exa mple"),
        (QueryField.DOMAIN, "a..b"),
    ],
)
def test_build_clause_refuses_impossible_values(field: QueryField, value: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        build_clause(field, value)
