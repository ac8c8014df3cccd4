"""Validate parsed templates: only listed syntax, variables, filters and tests are allowed."""

from jinja2 import nodes

from streams.alerts.templates.filters import FILTERS
from streams.errors import UsageError

MAX_DEPTH = 40
"""Deepest nesting of a template; Python's compiler accepts 100 levels of indentation."""

MAX_LOOPS = 3
"""Deepest nesting of loops: alerts, the values of an alert, and one more."""

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Neg,
    nodes.Tuple,
    nodes.List,
    nodes.Keyword,
)

TESTS = ("defined", "undefined", "none", "even", "odd", "eq", "ne", "gt", "ge", "lt", "le", "in")
"""Tests that are allowed after ``is``."""

REMEDIES: dict[type[nodes.Node], str] = {
    nodes.Call: "nothing can be called; filters are written {{ alert.title|upper }}",
    nodes.Assign: "`set` is not available",
    nodes.Mul: "`*` is not available",
    nodes.Macro: "macros are not available",
}


class InvalidTemplateError(UsageError):
    """A template is invalid; the message names the line and the remedy.

    Attributes:
        line: Line of the template, counted from 1.
        problem: The problem, one sentence without its full stop.
    """

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        self.problem = problem
        super().__init__(f"line {line}: {problem}")


def check_tree(tree: nodes.Template, names: frozenset[str]) -> None:
    """Check that a template uses only what the lists allow.

    Raises:
        InvalidTemplateError: If it uses anything else; names the line.
    """
    # Each node with its depth, the number of loops around it, and the variables in scope.
    todo: list[tuple[nodes.Node, int, int, frozenset[str]]] = [(tree, 0, 0, names)]
    while todo:
        node, depth, n_loops, in_scope = todo.pop()
        if isinstance(node, nodes.For):
            n_loops += 1
            in_scope |= {name.name for name in node.target.find_all(nodes.Name)} | {"loop"}
            if isinstance(node.target, nodes.Name):
                in_scope |= {node.target.name}
        _check_node(node, in_scope)
        if depth > MAX_DEPTH or n_loops > MAX_LOOPS:
            raise InvalidTemplateError(node.lineno, "it is nested too deeply")
        todo += [(child, depth + 1, n_loops, in_scope) for child in node.iter_child_nodes()]


def _check_node(node: nodes.Node, in_scope: frozenset[str]) -> None:
    if not isinstance(node, ALLOWED):
        remedy = REMEDIES.get(type(node), f"{type(node).__name__.lower()} is not available")
        raise InvalidTemplateError(node.lineno, f"{remedy}, see docs/reference/alerts.md")
    if isinstance(node, nodes.Name) and (node.name not in in_scope or node.name.startswith("_")):
        listed = ", ".join(sorted(in_scope))
        raise InvalidTemplateError(node.lineno, f"there is no `{node.name}`; there are {listed}")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        listed = ", ".join(sorted(FILTERS))
        raise InvalidTemplateError(
            node.lineno, f"there is no filter `{node.name}`; there are {listed}"
        )
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise InvalidTemplateError(
            node.lineno, f"there is no test `{node.name}`; there are {', '.join(TESTS)}"
        )
    if isinstance(node, nodes.For) and node.recursive:
        raise InvalidTemplateError(node.lineno, "`recursive` is not available")
