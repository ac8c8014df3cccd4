"""Untrusted templates: allowed syntax, and bounds of time and size."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.templates.format import BodyFormat, MarkedText
from streams.alerts.templates.sandbox import (
    MAX_OUTPUT_CHARS,
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


HOSTILE = {
    "attributes": "{{ alert.__class__.__mro__ }}",
    "item": "{{ alert['__class__'] }}",
    "string": "{{ ''.__class__ }}",
    "loop": "{% for a in alerts %}{{ loop.__init__ }}{% endfor %}",
    "context": "{{ self }}",
    "format": "{{ '{0.__class__}'.format(alert) }}",
    "percent": "{{ '%999999999d' % 1 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "times": "{{ 'x' * 999999999 }}",
    "range": "{% for a in range(99999999) %}{% endfor %}",
    "macro": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "extends": "{% extends 'x' %}",
    "filter": "{% filter upper %}x{% endfilter %}",
    "doubling": "{% set a = 'xx' %}" + "{% set a = a ~ a %}" * 60,
    "namespace": "{% set n = namespace(a='x') %}",
    "budget": "{{ _budget }}",
    "budget in a loop": "{% for _budget in alerts %}{{ _budget }}{% endfor %}",
    "four loops": "{% for a in alerts %}" * 4 + "{% endfor %}" * 4,
    "three loops": "{% for a in alerts %}" * 3 + "x" + "{% endfor %}" * 3,
    "many loops": "{% for a in alerts %}{% for b in alerts %}{% endfor %}{% endfor %}" * 300,
    "silent work": "{% for a in alerts %}{% for b in alerts %}" + "{% if a.title == b.title %}{% endif %}" * 400 + "{% endfor %}{% endfor %}",  # noqa: E501
    "growing": "{{ 'x'|replace('x', 'xxxxxxxxxx')" + "|replace('x', 'xxxxxxxxxx')" * 30 + " }}",
    "joined": "{{ alert.clauses|join('" + "x" * 9000 + "') }}",
    "large date": "{{ alert.published|date('%999999999d') }}",
    "deep": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "negations": "{{ " + "not " * 3000 + "1 }}",
    "sums": "{{ 1" + "+1" * 5000 + " }}",
    "ifs": "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "long number": "{{ " + "9" * 6000 + " }}",
    "output": "{% for a in alerts %}{% for b in alerts %}{{ a.passage }}{% endfor %}{% endfor %}",
    "plain output": "{% for a in alerts %}" + "x" * 19_000 + "{% endfor %}",
    "block": "{% block a %}{% endblock %}",
    "debug": "{% debug %}",
    "do": "{% do alerts.append(1) %}",
    "loop called": "{% for a in alerts %}{{ loop(alerts) }}{% endfor %}",
    "cycle": "{% for a in alerts %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "list": "{{ [1, 2] }}",
    "lipsum": "{{ lipsum(n=99999) }}",
    "lone surrogate": "{{ '\ud800' }}{{ alert.titel }}",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_template_is_refused_within_a_second(name: str) -> None:
    started = time.thread_time()

    with pytest.raises(InvalidTemplateError):
        render(HOSTILE[name])

    assert time.thread_time() - started < 1


WORDS = """alert alerts loop .title .entities .name ['title'] [0] [:3] |join('x') |upper |first
count |length |default('') |marked |url |date |truncate(5) == + - ~ and or not in is defined 1 'x'
( ) , * ** % {{ }} {% %} if elif else endif for one endfor set macro raw # {# #}"""
PIECES = st.sampled_from(WORDS.split())


@given(st.lists(PIECES, max_size=30).map(" ".join), st.sampled_from(BodyFormat))
def test_any_template_is_bounded_or_refused(source: str, format_: BodyFormat) -> None:
    started = time.thread_time()

    try:
        text = CompiledTemplate(source, format_, NAMES).render(VARIABLES)
    except InvalidTemplateError as error:
        text = error.problem

    assert len(text) <= MAX_OUTPUT_CHARS
    assert time.thread_time() - started < 1


def test_compile_template_is_cached() -> None:
    first = compile_template("{{ count }}", BodyFormat.TEXT, NAMES)

    assert compile_template("{{ count }}", BodyFormat.TEXT, NAMES) is first
