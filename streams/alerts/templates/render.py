"""Alerts as people read them: alerts and their subscription in, title and body out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from streams.alerts.policy import MessageKind
from streams.alerts.quiet_hours import time_zone
from streams.alerts.templates.filters import WORDY_DATE
from streams.alerts.templates.format import BodyFormat, MarkedText
from streams.alerts.templates.sandbox import TemplateFields, compile_template
from streams.alerts.templates.validate import InvalidTemplateError
from streams.records import Alert, AlertKind, Field, Subscription

MAX_SHOWN = 50
"""Alerts told in one body: more are not read; the rest is counted."""

MAX_TITLE_CHARS = 250
"""Subjects of mails are cut by readers before that; apprise's narrowest titles are 250."""

_HTML_START: Final = "<"

NAMES = frozenset({"search", "alert", "alerts", "count", "more", "form"})
"""What a template may name."""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message.

    Attributes:
        title: One line of plain text.
        body: In its format.
        format: What the body is: as wanted, or plain text where only that was written.
        problem: What is wrong with the subscriber's template, so that the default was taken;
            empty: nothing.
    """

    title: str
    body: str
    format: BodyFormat
    problem: str = ""


def render_message(
    alerts: Sequence[Alert],
    subscription: Subscription,
    *,
    form: MessageKind = MessageKind.SINGLE,
    format_: BodyFormat = BodyFormat.TEXT,
) -> RenderedMessage:
    """Write a message about alerts.

    Total: where a template of the subscriber fails, the default is taken, and the body ends
    with the reason. Ends within a second whatever the template, see
    `streams.alerts.templates.sandbox`.

    Args:
        alerts: Of this subscription, in order; not empty.
        subscription: Its name, templates, and time zone of its quiet hours (else UTC).
        form: Of their group.
        format_: What the channel shows. A body template that begins with ``<`` is HTML and
            serves channels that show it, any other one serves all, as plain text or Markdown.

    Examples:
        >>> alert = Alert(id="rates/x/1", subscription_id="rates",
        ...     article_id="6b626991-d331-5668-91ea-aedb6407150e", title="Bank raises rates")
        >>> rates = Subscription(id="rates", query="rate*", name="German rates")
        >>> render_message([alert], rates).title
        'German rates: Bank raises rates'
        >>> render_message([alert] * 3, rates, form=MessageKind.DIGEST).title
        '3 new: German rates'
    """
    variables = _variables(alerts, subscription, form)
    problems: list[str] = []

    def filled(own: str, shipped: str, as_: BodyFormat) -> str:
        if own:
            try:
                return compile_template(own, as_, NAMES).render(variables)
            except InvalidTemplateError as error:
                problems.append(str(error))
        return compile_template(shipped, as_, NAMES).render(variables)

    title = filled(subscription.title_template, _shipped("title"), BodyFormat.TEXT)
    own, as_ = _own_body(subscription.body_template, format_)
    body = filled(own, _shipped(f"body.{as_}"), as_)
    problem = "; ".join(problems)
    if problem and as_ is BodyFormat.TEXT:
        body += f"\n(The template of this search cannot be used: {problem}.)"
    return RenderedMessage(_line(title), body.strip() + "\n", as_, problem)


def check_templates(title: str, body: str, sample: Alert) -> None:
    """Try templates on an alert, and on digests of it.

    Args:
        title: Template of the title; empty: not checked.
        body: Template of the body; empty: not checked.
        sample: An alert with all that alerts have.

    Raises:
        InvalidTemplateError: If one fails; its message names template, line and remedy.
    """
    subscription = Subscription(id=sample.subscription_id, query="sample")
    bare = Alert(id="s/bare/1", subscription_id="s", article_id=sample.article_id)
    own, as_ = _own_body(body, BodyFormat.HTML)
    for name, template, format_ in (("title", title, BodyFormat.TEXT), ("body", own, as_)):
        for alerts, form in (
            ([sample], MessageKind.SINGLE),
            ([bare], MessageKind.SINGLE),
            ([sample, bare], MessageKind.DIGEST),
        ):
            variables = _variables(alerts, subscription, form)
            try:
                if template:
                    compile_template(template, format_, NAMES).render(variables)
            except InvalidTemplateError as error:
                told = InvalidTemplateError(error.line, error.problem)
                told.args = (f"{name} template, {error}",)
                raise told from error


def _own_body(template: str, format_: BodyFormat) -> tuple[str, BodyFormat]:
    """Give what of a body template serves a format, and in which one it is then written."""
    if not template:
        return "", format_
    is_html = template.lstrip().startswith(_HTML_START)
    if format_ is BodyFormat.HTML:
        return template, BodyFormat.HTML if is_html else BodyFormat.TEXT
    return "" if is_html else template, format_


def _variables(
    alerts: Sequence[Alert], subscription: Subscription, form: MessageKind
) -> Mapping[str, Any]:
    zone = _zone(subscription)
    told = [_alert(alert, zone) for alert in alerts[:MAX_SHOWN]]
    return {
        "search": TemplateFields(
            id=subscription.id,
            name=subscription.name or subscription.id,
            query=subscription.query,
        ),
        "alert": told[0],
        "alerts": told,
        "count": len(alerts),
        "more": len(alerts) - len(told),
        "form": form.value,
    }


def _alert(alert: Alert, zone: tzinfo) -> TemplateFields:
    spans = {
        field: [(one.start, one.end) for one in alert.highlights if one.field is field]
        for field in Field
    }
    published = alert.published.astimezone(zone) if alert.published else None
    start = alert.passage_start
    return TemplateFields(
        id=alert.id,
        article_id=alert.article_id,
        kind=alert.kind.value,
        revision=alert.revision,
        title=MarkedText(alert.title, spans[Field.TITLE])
        if alert.title
        else alert.summary[:80] or "(no title)",
        url=alert.url,
        published=published,
        source=alert.source,
        language=alert.language,
        summary=alert.summary,
        passage=MarkedText(
            alert.passage, [(first - start, last - start) for first, last in spans[Field.TEXT]]
        ),
        clauses=[clause.text for clause in alert.clauses],
        entities=[
            TemplateFields(id=one.id, name=one.name, type=one.type.value) for one in alert.entities
        ],
        facts=[
            fact
            for fact in (
                alert.source,
                published.strftime(WORDY_DATE) if published else "",
                _what(alert),
            )
            if fact
        ],
    )


def _what(alert: Alert) -> str:
    if alert.kind is AlertKind.NEW:
        return ""
    return f"version {alert.revision}" if alert.kind is AlertKind.REVISION else alert.kind.value


def _zone(subscription: Subscription) -> tzinfo:
    try:
        return time_zone(subscription.quiet.zone) if subscription.quiet else UTC
    except ValueError:
        return UTC


def _line(title: str) -> str:
    plain = " ".join("".join(one if one.isprintable() else " " for one in title).split())
    return plain if len(plain) <= MAX_TITLE_CHARS else plain[: MAX_TITLE_CHARS - 1] + "…"


@lru_cache
def _shipped(name: str) -> str:
    return (files("streams.alerts.templates") / "data" / f"{name}.j2").read_text("utf-8")
