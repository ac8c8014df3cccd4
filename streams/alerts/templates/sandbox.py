"""Templates that strangers write: source and variables in, bounded text out, whatever they try.

A part of Jinja: output, ``if``, ``for``, and filters from a list. No calls, no assignments, no
macros, no arithmetic but plus and minus, no attributes of Python objects: what is left can
neither reach anything nor grow by itself, and each loop and filter is paid from a budget. So
rendering ends within a second, without a clock, a thread or a process to kill.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from streams.alerts.templates.filters import FILTERS, date
from streams.alerts.templates.format import BodyFormat, escape_markdown
from streams.alerts.templates.validate import TESTS, InvalidTemplateError, check_tree

MAX_OUTPUT_CHARS = 200_000
"""Longest text that a template may make: fifty alerts of 4 KB; mail servers take it."""

MAX_STEPS = 20_000
"""Loop rounds, filters (one for each 100 characters of their result) and pieces of output: fifty
alerts with ten names each and ten filters on each name. Some 0.2 s at worst."""

NODES_PER_STEP = 20
"""What stands in a loop costs as much as a filter for so many parts: each takes some 0.5 µs."""

BUDGET = "_budget"
"""The variable that holds it; templates cannot name what begins with an underscore."""


class TemplateFields(dict[str, Any]):
    """Named values of a template, such as those of an alert; immutable by convention."""


@dataclass(eq=False, slots=True)
class _Budget:
    left: int = MAX_STEPS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TemplateError("it takes too long: fewer loops, please")


class CompiledTemplate:
    """A template that can be rendered."""

    def __init__(self, source: str, format_: BodyFormat, names: frozenset[str]) -> None:
        """Read a template.

        Args:
            source: As written.
            format_: What its variables are escaped for.
            names: What it may name.

        Raises:
            InvalidTemplateError: If it cannot be used.
        """
        environment = _environment(format_)
        try:
            tree = environment.parse(source)
            check_tree(tree, names)
            code = environment.compile(_paid(tree, environment), filename="<template>")
        except InvalidTemplateError:
            raise
        except TemplateError as error:
            raise InvalidTemplateError(getattr(error, "lineno", 1), _told(error)) from error
        except (RecursionError, SyntaxError, MemoryError, ValueError, OverflowError) as error:
            raise InvalidTemplateError(1, "it cannot be read: too deep, or too large") from error
        self._template = environment.template_class.from_code(environment, code, {})

    def render(self, variables: Mapping[str, Any]) -> str:
        """Fill it in.

        Raises:
            InvalidTemplateError: If that fails, takes too long or gets too long.
        """
        budget = _Budget()
        pieces: list[str] = []
        length = 0
        try:
            for piece in self._template.generate({**variables, BUDGET: budget}):
                budget.spend(1)
                length += len(piece)
                if length > MAX_OUTPUT_CHARS:
                    raise TemplateError(f"it makes more than {MAX_OUTPUT_CHARS:,} characters")  # noqa: TRY301  # told with its line
                pieces.append(piece)
        except InvalidTemplateError:
            raise
        except Exception as error:  # a stranger's template: whatever it is, it is told
            raise InvalidTemplateError(_line(error), _told(error)) from error
        return "".join(pieces)


@lru_cache(maxsize=1024)
def compile_template(source: str, format_: BodyFormat, names: frozenset[str]) -> CompiledTemplate:
    """Give a template, read once; see `CompiledTemplate`."""
    return CompiledTemplate(source, format_, names)


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which nothing but values can be looked up."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return str(obj)  # raises, and says what is undefined
        if isinstance(obj, TemplateFields):
            if argument in obj:
                return obj[argument]
            known = ", ".join(obj)
            return self.undefined(hint=f"there is no `{argument}` here; there are {known}")
        if isinstance(obj, Sequence) and isinstance(argument, int | slice):
            try:
                return obj[argument]
            except (IndexError, ValueError, TypeError):
                return self.undefined(hint=f"there is no number {argument}")
        return self.undefined(hint=f"`{argument}` cannot be looked up there: it is a plain value")


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
        # Constants are folded by Python while it compiles: nothing to gain, and not paid for.
        optimized=False,
    )
    environment.globals.clear()
    environment.filters = {name: _counted(plain, format_) for name, plain in FILTERS.items()}
    environment.filters[_PAY] = _pay
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def _finalized(format_: BodyFormat) -> Callable[[Any], Any]:
    def finalize(value: Any) -> Any:
        if value is None or isinstance(value, Undefined):
            return "" if value is None else value
        if isinstance(value, datetime):
            value = date(value)
        if not isinstance(value, str | int | float):
            raise TemplateError("this is no text; name a part of it, or use a loop or `join`")
        if format_ is BodyFormat.MARKDOWN and not isinstance(value, Markup):
            return escape_markdown(str(value))
        return value

    return finalize


def _counted(plain: Callable[..., Any], format_: BodyFormat) -> Callable[..., Any]:
    """Give a filter that is paid for by what it makes."""

    @pass_context
    def run(context: Context, value: Any, *args: Any, **named: Any) -> Any:
        if isinstance(value, Undefined) and plain is not FILTERS["default"]:
            str(value)  # raises, and says what is undefined
        if getattr(plain, "formatted", False):
            named["format_"] = format_
        found = plain(value, *args, **named)
        context[BUDGET].spend(1 + (len(found) // 100 if isinstance(found, str) else 0))
        return found

    return run


_PAY = "_pay"


@pass_context
def _pay(context: Context, values: Any, steps: int) -> Iterator[Any]:
    if not isinstance(values, list | tuple):
        raise TemplateError("`for` needs a list, such as alerts or alert.entities")
    budget: _Budget = context[BUDGET]
    for value in values:
        budget.spend(steps)
        yield value


def _paid(tree: nodes.Template, environment: _Environment) -> nodes.Template:
    """Let each loop be paid for: a round by what stands in it."""
    for loop in list(tree.find_all(nodes.For)):
        steps = 1 + sum(1 for _ in loop.find_all(nodes.Node)) // NODES_PER_STEP
        paid = nodes.Const(steps, lineno=loop.lineno)
        loop.iter = nodes.Filter(loop.iter, _PAY, [paid], [], None, None, lineno=loop.lineno)
    return tree.set_environment(environment)  # type: ignore[return-value]  # itself


def _line(error: BaseException) -> int:
    """Find the line of the template in which rendering failed."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _told(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().rstrip(".").replace("\n", " ")
