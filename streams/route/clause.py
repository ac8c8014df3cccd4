"""Field and value in, a checked clause out: values that could never match are refused."""

from streams.route.query import PREFIX_FIELDS, Clause, Kind, QueryField
from streams.route.words import words


def clause(field: QueryField, value: str) -> Clause:
    """Make a clause of a value as written, with or without its closing star.

    Raises:
        ValueError: If the value cannot occur in this field; the message says what was expected.

    Examples:
        >>> clause(QueryField.TITLE, "sport*")
        Clause(field=<QueryField.TITLE: 'title'>, value='sport', prefix=True)
        >>> clause(QueryField.LANGUAGE, "English")
        Traceback (most recent call last):
        ValueError: no language code `English`; expected two or three letters such as `en`
    """
    prefix = value.endswith("*")
    bare = value.removesuffix("*").strip()
    if "*" in bare:
        raise ValueError("`*` in the middle; expected it after the last word only")
    if prefix and field not in PREFIX_FIELDS:
        raise ValueError(f"`*` has no meaning for `{field}`; expected the whole value")
    if not words(bare):
        raise ValueError(f"nothing to look for in `{value}`; expected a letter or a digit")
    return Clause(field, _checked(field, bare), prefix)


def _checked(field: QueryField, value: str) -> str:
    if field is QueryField.KIND:
        if value.lower() not in set(Kind):
            raise ValueError(f"no kind `{value}`; expected {', '.join(Kind)}")
        return value.lower()
    if field is QueryField.LANGUAGE:
        if not (value.isascii() and value.isalpha() and len(value) in {2, 3}):
            raise ValueError(
                f"no language code `{value}`; expected two or three letters such as `en`"
            )
        return value.lower()
    return _domain(value) if field is QueryField.DOMAIN else value


def _domain(value: str) -> str:
    """Spell a domain as URLs do: small letters, IDNA."""
    try:
        name = value.strip(".").encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if not name or not name.replace("-", "").replace(".", "").isalnum():
        raise ValueError(f"no domain `{value}`; expected one such as `news.example.org`")
    return name
