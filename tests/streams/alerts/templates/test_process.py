"""Templates of subscribers are rendered in a process with limits of time and memory."""

import os
import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.policy import MessageKind
from streams.alerts.sample import sample_alert
from streams.alerts.templates.format import BodyFormat
from streams.alerts.templates.process import CRASHED, TOO_LARGE, TOO_LONG, TemplateProcess
from streams.alerts.templates.render import MAX_SHOWN, render_message
from streams.alerts.templates.sandbox import MAX_OUTPUT_CHARS
from streams.alerts.templates.validate import InvalidTemplateError
from streams.records import Subscription

RAIN = Subscription(id="rain", query="bridge", name="Rain")
ALERT = sample_alert(RAIN)
CPU_SECONDS = 0.3


@pytest.fixture(scope="module")
def templates() -> Iterator[TemplateProcess]:
    """A process with a short time limit."""
    with TemplateProcess(cpu_seconds=CPU_SECONDS) as process:
        yield process


def with_templates(title: str = "", body: str = "") -> Subscription:
    return msgspec.structs.replace(RAIN, title_template=title, body_template=body)


def peak_bytes(process: TemplateProcess) -> int:
    """Return the most memory that a process has had; 0 if it was ended."""
    if process.pid is None:
        return 0
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def grown(first: str, join: str, *, n_loops: int = 2, n_parts: int = 60) -> str:
    """Return a template that multiplies the length of a text in each of its loops."""
    names = [chr(ord("a") + number) for number in range(n_loops + 1)]
    loops = "".join(
        f"{{% for {new} in [{join.join([old] * n_parts)}] %}}" for old, new in pairwise(names)
    )
    use = f"{{% if {join.join([names[-1]] * n_parts)} == 'y' %}}{{% endif %}}"
    return f"{{% for a in [{first}] %}}{loops}{use}" + "{% endfor %}" * (n_loops + 1)


def test_messages_are_those_of_this_process(templates: TemplateProcess) -> None:
    own = with_templates(
        "{{ count }} {{ more }} {{ alert.title|marked }}", "<p>{{ alert.url }}</p>"
    )
    alerts = [ALERT] * (MAX_SHOWN + 3)
    form = MessageKind.DIGEST

    assert templates.render(alerts, own, form=form, formats=list(BodyFormat)) == [
        render_message(alerts, own, form=form, format_=format_) for format_ in BodyFormat
    ]


def test_no_process_without_templates() -> None:
    with TemplateProcess() as process:
        (message,) = process.render([ALERT], RAIN, formats=[BodyFormat.TEXT])
        process.check("", "", ALERT)

        assert process.pid is None
    assert message == render_message([ALERT], RAIN)


# Bounded by this process: nothing else counts what a template builds or does.
COSTLY = {
    "concatenation": grown("'" + "x" * 1000 + "'", "~"),
    "addition": grown("'" + "x" * 1000 + "'", " + ", n_parts=30),
    "lists": grown("[" + "1," * 9000 + "]", " + ", n_parts=30),
    "replaced": "{{ 'xxxx'|replace('x', 'xxxxxxxxxx')" + "|replace('x', 'xxxxxxxxxx')" * 8 + "|length }}",  # noqa: E501
    "compared": "{% for a in [" + "1," * 6000 + "] %}{% for b in [" + "1," * 2000 + "] %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}",  # noqa: E501
    "sliced": "{% for a in [" + "1," * 6000 + "] %}{% for b in [" + "1," * 2000 + "] %}{{ ''[a:b] }}{% endfor %}{% endfor %}",  # noqa: E501
    "negated": "{% for a in [" + "1," * 6000 + "] %}{% for b in [" + "1," * 2000 + "] %}{% if " + "not " * 30 + "b %}{% endif %}{% endfor %}{% endfor %}",  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("name", COSTLY)
def test_costly_template_is_refused_within_its_limits(
    templates: TemplateProcess, name: str
) -> None:
    started = os.times()

    with pytest.raises(InvalidTemplateError) as refused:
        templates.check("", COSTLY[name], ALERT)

    assert refused.value.problem in {TOO_LARGE, TOO_LONG}
    used = os.times()
    assert used.user + used.system - started.user - started.system < 1
    assert peak_bytes(templates) < 200 * 1024**2


def test_limits_are_named(templates: TemplateProcess) -> None:
    for name, problem in (("concatenation", TOO_LARGE), ("compared", TOO_LONG)):
        with pytest.raises(InvalidTemplateError, match="template: ") as refused:
            templates.check("", COSTLY[name], ALERT)
        assert refused.value.problem == problem


def test_costly_template_is_rendered_once_and_never_again(templates: TemplateProcess) -> None:
    own = with_templates("{{ alert.title }}", COSTLY["compared"])
    templates.render([ALERT], own, formats=[BodyFormat.TEXT])
    pid = templates.pid

    started = time.monotonic()
    (message,) = templates.render([ALERT], own, formats=[BodyFormat.TEXT])

    assert templates.pid == pid
    assert time.monotonic() - started < CPU_SECONDS
    assert message.problem == TOO_LONG
    assert message.title == "Rain: Harbor bridge reopens after three months"
    assert TOO_LONG in message.body


def test_process_that_was_killed_is_started_again(templates: TemplateProcess) -> None:
    own = with_templates("{{ count }}")
    templates.render([ALERT], own, formats=[BodyFormat.TEXT])
    os.kill(templates.pid or 0, signal.SIGKILL)

    (message,) = templates.render([ALERT], own, formats=[BodyFormat.TEXT])

    assert (message.title, message.problem) == ("1", "")


def test_memory_of_earlier_templates_is_no_problem_of_later_ones() -> None:
    pids = set()
    with TemplateProcess(extra_bytes=4 * 1024**2) as process:
        for number in range(20):
            process.check(f"{{{{ {number} }}}}" + "{{ count }}" * 300, "", ALERT)
            pids.add(process.pid)

    assert len(pids) > 1


def test_process_ends_with_its_object() -> None:
    process = TemplateProcess()
    process.check("{{ count }}", "", ALERT)
    pid = process.pid or 0
    process.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_process_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_SECRET", "hunter2")
    with TemplateProcess() as process:
        process.check("{{ count }}", "", ALERT)

        assert b"hunter2" not in Path(f"/proc/{process.pid}/environ").read_bytes()


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
    "growing": "{{ 'x'|replace('x', 'xxxxxxxxxx')" + "|replace('x', 'xxxxxxxxxx')" * 30 + " }}",
    "large date": "{{ alert.published|date('%999999999d') }}",
    "deep": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "negations": "{{ " + "not " * 3000 + "1 }}",
    "sums": "{{ 1" + "+1" * 5000 + " }}",
    "ifs": "{% if 1 %}" * 500 + "{% endif %}" * 500,
    "long number": "{{ " + "9" * 6000 + " }}",
    "block": "{% block a %}{% endblock %}",
    "debug": "{% debug %}",
    "do": "{% do alerts.append(1) %}",
    "loop called": "{% for a in alerts %}{{ loop(alerts) }}{% endfor %}",
    "cycle": "{% for a in alerts %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "list": "{{ [1, 2] }}",
    "lipsum": "{{ lipsum(n=99999) }}",
    "lone surrogate": "{{ '\ud800' }}{{ alert.titel }}",
}  # fmt: skip


# Harmless for the two alerts by which a template is checked.
LARGE_DIGESTS = {
    "joined": grown("['x', 'x', 'x', 'x']|join('" + "y" * 900 + "')", "~"),
    "three loops": "{% for a in alerts %}" * 3 + "x" + "{% endfor %}" * 3,
    "many loops": "{% for a in alerts %}{% for b in alerts %}{% endfor %}{% endfor %}" * 300,
    "silent work": "{% for a in alerts %}{% for b in alerts %}" + "{% if a.title == b.title %}{% endif %}" * 400 + "{% endfor %}{% endfor %}",  # noqa: E501
    "output": "{% for a in alerts %}{% for b in alerts %}{{ a.passage }}{% endfor %}{% endfor %}",
    "plain output": "{% for a in alerts %}" + "x" * 19_000 + "{% endfor %}",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_template_is_refused(templates: TemplateProcess, name: str) -> None:
    with pytest.raises(InvalidTemplateError):
        templates.check("", HOSTILE[name], ALERT)


@pytest.mark.parametrize("name", LARGE_DIGESTS)
def test_large_digest_is_bounded(templates: TemplateProcess, name: str) -> None:
    own = with_templates(body=LARGE_DIGESTS[name])

    (message,) = templates.render([ALERT] * 60, own, formats=[BodyFormat.TEXT])

    assert len(message.body) <= MAX_OUTPUT_CHARS + 1
    assert peak_bytes(templates) < 200 * 1024**2


WORDS = """alert alerts loop .title .entities .name ['title'] [0] [:3] |join('x') |upper |first
count |length |default('') |marked |url |date |truncate(5) == + - ~ and or not in is defined 1 'x'
( ) , * ** % {{ }} {% %} if elif else endif for one endfor set macro raw # {# #}"""
PIECES = st.sampled_from(WORDS.split())


@given(st.lists(PIECES, max_size=30).map(" ".join), st.sampled_from(BodyFormat))
def test_any_template_is_bounded(
    templates: TemplateProcess, source: str, format_: BodyFormat
) -> None:
    (message,) = templates.render([ALERT] * 3, with_templates(body=source), formats=[format_])

    assert len(message.body) <= MAX_OUTPUT_CHARS + 1000
    assert message.problem != CRASHED
