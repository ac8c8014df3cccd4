"""Templates with disallowed syntax are refused before rendering."""

import pytest
from jinja2 import Environment, nodes

from streams.alerts.templates.validate import MAX_DEPTH, InvalidTemplateError, check_tree


def parse(source: str) -> nodes.Template:
    return Environment().parse(source)  # noqa: S701  # it renders nothing


def check(source: str) -> nodes.Template:
    tree = parse(source)
    check_tree(tree, frozenset({"alert"}))
    return tree


@pytest.mark.parametrize(
    "source",
    ["{{ alert.title }}", "{% for a in alert.entities %}{{ a.name ~ loop.index }}{% endfor %}"],
)
def test_check_tree_accepts_listed_syntax(source: str) -> None:
    assert check(source) == parse(source)  # accepted, and not changed


@pytest.mark.parametrize(
    "source",
    ["{{ loop.index }}", "{{ a }}{% for a in alert %}{% endfor %}", "{{ _x }}", "{{ 2 * 2 }}"],
)
def test_check_tree_refuses_other_syntax(source: str) -> None:
    with pytest.raises(InvalidTemplateError):
        check(source)


def test_check_tree_limits_depth() -> None:
    check("{{ 1" + "+1" * (MAX_DEPTH - 3) + "}}")

    with pytest.raises(InvalidTemplateError, match="nested too deeply"):
        check("{{ 1" + "+1" * MAX_DEPTH + "}}")
