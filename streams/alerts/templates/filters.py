"""What templates may do with values: a value in, a value out, never much larger than before."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import StrictUndefined, TemplateError, Undefined
from markupsafe import Markup, escape

from streams.alerts.templates.format import BodyFormat, mark_matches

MAX_TEXT_CHARS = 50_000
"""Longest text that a filter makes."""

WORDY_DATE = "%-d %B %Y, %H:%M %Z"
"""How moments are written unless a template says otherwise."""

_DATE_PATTERN = re.compile(r"(?:[^%]|%-?[aAbBdeHIjmMpSyYZz%])*")
"""Directives of strftime with no width: ``%1000000000d`` would take a gigabyte."""


def date(value: Any, pattern: str = WORDY_DATE) -> str:
    """Write a moment, in the time zone of the subscriber."""
    if value is not None and not isinstance(value, datetime):
        raise TemplateError("the filter date needs a moment, such as alert.published")
    if not _DATE_PATTERN.fullmatch(pattern) or len(pattern) > 100:  # noqa: PLR2004  # no date is longer
        raise TemplateError(f"the filter date cannot use {pattern!r}; try '%d.%m.%Y %H:%M'")
    return "" if value is None else value.strftime(pattern)


def join(values: Any, separator: str = "") -> str:
    """Write the texts of a list, with something between."""
    if not isinstance(values, list | tuple):
        raise TemplateError("the filter join needs a list, such as alert.clauses")
    texts = [_text(value) for value in values]
    _bounded(sum(map(len, texts)) + len(separator) * len(texts))
    if any(isinstance(one, Markup) for one in (*texts, separator)):
        return escape(separator).join(texts)
    return separator.join(texts)


def replace(value: Any, old: str, new: str) -> str:
    """Put one text for another, everywhere."""
    text = _text(value)
    _bounded(len(text) + text.count(str(old)) * len(str(new)))
    return text.replace(old, new)


def truncate(value: Any, length: int = 255, end: str = "…") -> str:
    """Cut a text at a space."""
    text = _text(value)
    if length < 0 or len(text) <= length:
        return text
    return text[: max(0, length - len(end))].rsplit(" ", 1)[0] + end


def default(value: Any, instead: Any = "") -> Any:
    """Put something for what is missing or empty."""
    return instead if isinstance(value, Undefined) or not value else value


def http_url(value: Any) -> str:
    """Give a link that is safe in HTML and Markdown: http or https, else nothing."""
    text = str(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return Markup(quote(text, safe="%/:=&?~#+!$,;@()-._[]")).replace("(", "%28").replace(")", "%29")  # noqa: S704  # nothing of HTML or Markdown is left in it


def length(value: Any) -> int:
    """Count the things of a list, or the characters of a text."""
    if not isinstance(value, str | list | tuple):
        raise TemplateError("the filter length needs a text or a list")
    return len(value)


def first(values: Any) -> Any:
    """Give the first of a list."""
    return _end(values, 0)


def last(values: Any) -> Any:
    """Give the last of a list."""
    return _end(values, -1)


def highlighted(text: Any, *, format_: BodyFormat) -> str:
    """Show what of a text matched."""
    return mark_matches(text if isinstance(text, str) else _text(text), format_)


highlighted.formatted = True  # type: ignore[attr-defined]  # is told the format by the sandbox


def _end(values: Any, place: int) -> Any:
    if not isinstance(values, str | list | tuple):
        raise TemplateError("the filters first and last need a list")
    return values[place] if values else StrictUndefined(hint="the list is empty")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _bounded(length: int) -> None:
    if length > MAX_TEXT_CHARS:
        raise TemplateError(f"it makes a text of more than {MAX_TEXT_CHARS:,} characters")


def _texts(make: Callable[[str], str]) -> Callable[[Any], str]:
    def run(value: Any) -> str:
        text = _text(value)
        _bounded(len(text))
        return make(text)

    return run


FILTERS: dict[str, Callable[..., Any]] = {
    "capitalize": _texts(lambda text: text.capitalize()),
    "date": date,
    "default": default,
    "first": first,
    "join": join,
    "last": last,
    "length": length,
    "lower": _texts(lambda text: text.lower()),
    "marked": highlighted,
    "replace": replace,
    "trim": _texts(lambda text: text.strip()),
    "truncate": truncate,
    "upper": _texts(lambda text: text.upper()),
    "url": http_url,
}
"""Every filter that there is, by its name."""
