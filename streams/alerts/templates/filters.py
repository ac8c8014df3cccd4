"""The filters of templates."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import StrictUndefined, TemplateError, Undefined
from markupsafe import Markup, escape

from streams.alerts.templates.format import BodyFormat, mark_matches

WORDY_DATE = "%-d %B %Y, %H:%M %Z"
"""Default pattern for dates and times."""

_DATE_PATTERN = re.compile(r"(?:[^%]|%-?[aAbBdeHIjmMpSyYZz%])*")
"""Patterns with the directives of strftime that mean the same on all systems, without a width."""


def date(value: Any, pattern: str = WORDY_DATE) -> str:
    """Format a date and time, in the time zone of the subscriber."""
    if value is not None and not isinstance(value, datetime):
        raise TemplateError("the filter date needs a time, such as alert.published")
    if not _DATE_PATTERN.fullmatch(pattern) or len(pattern) > 100:  # noqa: PLR2004  # no useful pattern is longer
        raise TemplateError(f"the filter date cannot use {pattern!r}; try '%d.%m.%Y %H:%M'")
    return "" if value is None else value.strftime(pattern)


def join(values: Any, separator: str = "") -> str:
    """Join the texts of a list with a separator."""
    if not isinstance(values, list | tuple):
        raise TemplateError("the filter join needs a list, such as alert.clauses")
    texts = [_text(value) for value in values]
    if any(isinstance(part, Markup) for part in (*texts, separator)):
        return escape(separator).join(texts)
    return separator.join(texts)


def replace(value: Any, old: str, new: str) -> str:
    """Replace every occurrence of a text."""
    return _text(value).replace(old, new)


def truncate(value: Any, length: int = 255, end: str = "…") -> str:
    """Shorten a text at a space."""
    text = _text(value)
    if length < 0 or len(text) <= length:
        return text
    return text[: max(0, length - len(end))].rsplit(" ", 1)[0] + end


def default(value: Any, fallback: Any = "") -> Any:
    """Replace a missing or empty value."""
    return fallback if isinstance(value, Undefined) or not value else value


def http_url(value: Any) -> str:
    """Return an http or https link that is safe in HTML and Markdown; empty for other values."""
    text = str(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return Markup(quote(text, safe="%/:=&?~#+!$,;()-._[]")).replace("(", "%28").replace(")", "%29")  # noqa: S704  # no characters of HTML or Markdown are left in it


def length(value: Any) -> int:
    """Count the elements of a list, or the characters of a text."""
    if not isinstance(value, str | list | tuple):
        raise TemplateError("the filter length needs a text or a list")
    return len(value)


def first(values: Any) -> Any:
    """Return the first element of a list."""
    return _end(values, 0)


def last(values: Any) -> Any:
    """Return the last element of a list."""
    return _end(values, -1)


def highlighted(text: Any, *, format_: BodyFormat) -> str:
    """Mark the parts of a text that matched."""
    return mark_matches(text if isinstance(text, str) else _text(text), format_)


highlighted.formatted = True  # type: ignore[attr-defined]  # the sandbox passes the format


def _end(values: Any, index: int) -> Any:
    if not isinstance(values, str | list | tuple):
        raise TemplateError("the filters first and last need a list")
    return values[index] if values else StrictUndefined(hint="the list is empty")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _text_filter(change: Callable[[str], str]) -> Callable[[Any], str]:
    def run(value: Any) -> str:
        return change(_text(value))

    return run


FILTERS: dict[str, Callable[..., Any]] = {
    "capitalize": _text_filter(lambda text: text.capitalize()),
    "date": date,
    "default": default,
    "first": first,
    "join": join,
    "last": last,
    "length": length,
    "lower": _text_filter(lambda text: text.lower()),
    "marked": highlighted,
    "replace": replace,
    "trim": _text_filter(lambda text: text.strip()),
    "truncate": truncate,
    "upper": _text_filter(lambda text: text.upper()),
    "url": http_url,
}
"""All filters by name."""
