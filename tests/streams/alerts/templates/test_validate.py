"""Templates are refused by what they say, before anything runs."""

import pytest
from jinja2 import Environment

from streams.alerts.templates.validate import MAX_DEPTH, InvalidTemplateError, check_tree


def check(source: str) -> None:
    check_tree(Environment().parse(source), frozenset({"alert"}))  # noqa: S701  # it renders nothing


@pytest.mark.parametrize(
    "source",
    ["{{ alert.title }}", "{% for a in alert.entities %}{{ a.name ~ loop.index }}{% endfor %}"],
)
def test_what_is_on_the_lists_may_stand(source: str) -> None:
    check(source)


@pytest.mark.parametrize(
    "source",
    ["{{ loop.index }}", "{{ a }}{% for a in alert %}{% endfor %}", "{{ _x }}", "{{ 2 * 2 }}"],
)
def test_everything_else_is_refused(source: str) -> None:
    with pytest.raises(InvalidTemplateError):
        check(source)


def test_depth_is_bounded() -> None:
    check("{{ 1" + "+1" * (MAX_DEPTH - 3) + "}}")

    with pytest.raises(InvalidTemplateError, match="nested too deeply"):
        check("{{ 1" + "+1" * MAX_DEPTH + "}}")
