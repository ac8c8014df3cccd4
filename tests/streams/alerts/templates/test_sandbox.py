"""Untrusted templates: allowed syntax."""

from datetime import UTC, datetime

import pytest

from streams.alerts.templates.format import BodyFormat, MarkedText
from streams.alerts.templates.sandbox import (
    CompiledTemplate,
    TemplateFields,
    compile_template,
)
from streams.alerts.templates.validate import InvalidTemplateError

ALERT = TemplateFields(
    title=MarkedText("Bank & rates", [(0, 4)]),
    url="https://news.test/1",
    passage="x" * 300,
    clauses=["rate*", "bank"] * 5,
    entities=[TemplateFields(id="Q1", name="Bank")] * 10,
    published=None,
    seen=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
)
VARIABLES = {"alert": ALERT, "alerts": [ALERT] * 50, "count": 50}
NAMES = frozenset(VARIABLES)


def render(source: str, format_: BodyFormat = BodyFormat.TEXT) -> str:
    return CompiledTemplate(source, format_, NAMES).render(VARIABLES)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ alert.title }}", "Bank & rates"),
        ("{{ alert['title'][:4]|upper }}", "BANK"),
        ("{{ alert.seen }}", "2 March 2026, 08:15 UTC"),
        ("{% if count > 1 %}{{ count - 1 }} more{% else %}one{% endif %}", "49 more"),
        ("{% for x in alert.entities[:2] %}{{ loop.index }}{{ x.id }} {% endfor %}", "1Q1 2Q1 "),
        ("{{ alert.clauses|join(', ')|truncate(9) }}", "rate*,…"),
        ("{{ alert.published|default('no date') }}{{ alert.published }}", "no date"),
        ("{{ 'a' ~ count ~ ('b' if count is even and 'x' not in alert.title else 'c') }}", "a50b"),
        ("{{ alert.entities[0].name if alert.entities is defined }}", "Bank"),
    ],
)  # fmt: skip
def test_template_renders(source: str, text: str) -> None:
    assert render(source) == text


def test_values_are_escaped_for_the_format() -> None:
    assert render("<b>{{ alert.title }}</b>", BodyFormat.HTML) == "<b>Bank &amp; rates</b>"
    assert render("{{ '[x]' }}", BodyFormat.MARKDOWN) == r"\[x\]"
    assert render("{{ alert.title|marked }}", BodyFormat.MARKDOWN) == "**Bank** & rates"


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("\n{{ alrt.title }}", 2, "there is no `alrt`; there are alert, alerts, count"),
        ("{{ alert.titel }}", 1, "there is no `titel` here; there are title, url"),
        ("\n\n{% if alert.entities[0].nam %}{% endif %}", 3, "there is no `nam` here"),
        ("{{ alert.title|uper }}", 1, "there is no filter `uper`; there are capitalize"),
        ("{% if count is odder %}{% endif %}", 1, "there is no test `odder`"),
        ("{{ alert.title.upper() }}", 1, "nothing can be called"),
        ("{{ alert.title.upper }}", 1, "cannot be looked up in"),
        ("{{ alert }}", 1, "this is not a text"),
        ("{% for one in alert.title %}{% endfor %}", 1, "`for` needs a list"),
        ("a\n{% if %}", 2, "Expected an expression"),
        ("{{ count", 1, "unexpected end of template"),
        ("{% set a = 1 %}", 1, "`set` is not available"),
        ("{% for a in alerts recursive %}{% endfor %}", 1, "`recursive` is not available"),
        ("{{ alert.title|date }}", 1, "needs a time"),
        ("{{ alert.entities[99].name }}", 1, "there is no element 99"),
        ("{{ alert.missing|default('x') ~ alert.missing }}", 1, "there is no `missing` here"),
    ],
)
def test_invalid_template_is_reported_with_line(source: str, line: int, problem: str) -> None:
    with pytest.raises(InvalidTemplateError) as caught:
        render(source)

    assert caught.value.line == line
    assert problem in caught.value.problem


def test_compile_template_is_cached() -> None:
    first = compile_template("{{ count }}", BodyFormat.TEXT, NAMES)

    assert compile_template("{{ count }}", BodyFormat.TEXT, NAMES) is first
