"""Render untrusted templates: they reach no Python object, and their output is bounded.

Allowed is a part of Jinja: output, ``if``, ``for``, and a list of filters. Calls, assignments,
macros, arithmetic except plus and minus, and attributes of Python objects are not available, so a
template cannot reach other objects. Its time and memory are bounded by the process in which it is
rendered, see `streams.alerts.templates.process`; this module does not bound them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from streams.alerts.templates.filters import FILTERS, date
from streams.alerts.templates.format import BodyFormat, escape_markdown
from streams.alerts.templates.validate import TESTS, InvalidTemplateError, check_tree

MAX_OUTPUT_CHARS = 200_000
"""Longest text that a template may produce: fifty alerts of 4 KB; mail servers accept it."""


class TemplateFields(dict[str, Any]):
    """Named values of a template, such as those of an alert; immutable by convention."""


class CompiledTemplate:
    """A compiled template.

    Args:
        source: The template's text.
        format_: Format for which its variables are escaped.
        names: Variables that the template may use.

    Raises:
        InvalidTemplateError: If the template is invalid.
    """

    def __init__(self, source: str, format_: BodyFormat, names: frozenset[str]) -> None:
        environment = _environment(format_)
        try:
            tree = environment.parse(source)
            check_tree(tree, names)
            code = environment.compile(_check_loops(tree, environment), filename="<template>")
        except InvalidTemplateError:
            raise
        except TemplateError as error:
            raise InvalidTemplateError(getattr(error, "lineno", 1), _message_of(error)) from error
        except (RecursionError, SyntaxError, ValueError, OverflowError) as error:
            raise InvalidTemplateError(1, "it is nested too deeply, or too large") from error
        self._template = environment.template_class.from_code(environment, code, {})

    def render(self, variables: Mapping[str, Any]) -> str:
        """Return the text of the template with variables filled in.

        Raises:
            InvalidTemplateError: If rendering fails or returns too much text.
            MemoryError: If there is not enough memory.
        """
        pieces: list[str] = []
        length = 0
        try:
            for piece in self._template.generate(dict(variables)):
                length += len(piece)
                if length > MAX_OUTPUT_CHARS:
                    raise TemplateError(f"the text exceeds {MAX_OUTPUT_CHARS:,} characters")  # noqa: TRY301  # reported with its line
                pieces.append(piece)
        except (InvalidTemplateError, MemoryError):
            raise
        except Exception as error:  # an untrusted template may raise anything
            raise InvalidTemplateError(_line(error), _message_of(error)) from error
        return "".join(pieces)


@lru_cache(maxsize=100)  # a large one takes some 300 KB
def compile_template(source: str, format_: BodyFormat, names: frozenset[str]) -> CompiledTemplate:
    """Return a compiled template; the latest ones are cached."""
    return CompiledTemplate(source, format_, names)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, restricted to looking up plain values."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return str(obj)  # raises an error that names the undefined variable
        if isinstance(obj, TemplateFields):
            if argument in obj:
                return obj[argument]
            listed = ", ".join(obj)
            return self.undefined(hint=f"there is no `{argument}` here; there are {listed}")
        if isinstance(obj, Sequence) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except (IndexError, ValueError, TypeError):
                return self.undefined(hint=f"there is no element {argument}")
        return self.undefined(hint=f"`{argument}` cannot be looked up in a plain value")


_LOOP = frozenset({"index", "index0", "first", "last", "length", "revindex", "revindex0"})


def _environment(format_: BodyFormat) -> _Environment:
    environment = _Environment(
        autoescape=format_ is BodyFormat.HTML,
        undefined=StrictUndefined,
        finalize=_finalized(format_),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        cache_size=0,
        # Folding constants would run filters when a template is compiled, without its line.
        optimized=False,
    )
    environment.globals.clear()
    environment.filters = {name: _adapted(plain, format_) for name, plain in FILTERS.items()}
    environment.filters[_LISTED] = _listed
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def _finalized(format_: BodyFormat) -> Callable[[Any], Any]:
    def finalize(value: Any) -> Any:
        if value is None or isinstance(value, Undefined):
            return "" if value is None else value
        if isinstance(value, datetime):
            value = date(value)
        if not isinstance(value, str | int | float):
            raise TemplateError("this is not a text; name a part of it, or use a loop or `join`")
        if format_ is BodyFormat.MARKDOWN and not isinstance(value, Markup):
            return escape_markdown(str(value))
        return value

    return finalize


def _adapted(plain: Callable[..., Any], format_: BodyFormat) -> Callable[..., Any]:
    """Return a filter that refuses undefined values, and knows the format."""

    def run(value: Any, *args: Any, **named: Any) -> Any:
        if isinstance(value, Undefined) and plain is not FILTERS["default"]:
            str(value)  # raises an error that names the undefined variable
        if getattr(plain, "formatted", False):
            named["format_"] = format_
        return plain(value, *args, **named)

    return run


_LISTED = "_listed"
"""The filter of lists of loops; templates cannot use names that begin with an underscore."""


def _listed(values: Any) -> Any:
    if not isinstance(values, list | tuple):
        raise TemplateError("`for` needs a list, such as alerts or alert.entities")
    return values


def _check_loops(tree: nodes.Template, environment: _Environment) -> nodes.Template:
    """Add a check to each loop that it has a list."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = nodes.Filter(loop.iter, _LISTED, [], [], None, None, lineno=loop.lineno)
    return tree.set_environment(environment)  # type: ignore[return-value]  # returns the tree


def _line(error: BaseException) -> int:
    """Return the line of the template in which rendering failed."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _message_of(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().rstrip(".").replace("\n", " ")
