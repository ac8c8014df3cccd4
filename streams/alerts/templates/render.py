"""Render alerts as messages, by the templates of their saved search or the default ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from streams.alerts.policy import MessageKind
from streams.alerts.quiet_hours import time_zone
from streams.alerts.templates.filters import WORDY_DATE
from streams.alerts.templates.format import BodyFormat, MarkedText
from streams.alerts.templates.sandbox import TemplateFields, compile_template
from streams.alerts.templates.validate import InvalidTemplateError
from streams.records import Alert, AlertKind, Field, Subscription, named_entities
from streams.text.characters import one_line

MAX_SHOWN = 50
"""Largest number of alerts in one body: readers do not read more; the rest is counted."""

MAX_TITLE_CHARS = 250
"""Longest title: mail programs cut subjects earlier; apprise's shortest limit for titles is 250."""

_HTML_START: Final = "<"

NAMES = frozenset({"search", "alert", "alerts", "count", "more", "form"})
"""Variables that a template may use."""


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A rendered message.

    Attributes:
        title: Title, one line of plain text.
        body: Body in its format.
        format: Format of the body: the requested one, or plain text if the subscriber's template
            is plain text only.
        problem: Error in the subscriber's template, because of which the default template was
            used; empty without one.
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
    count: int | None = None,
    problem: str = "",
) -> RenderedMessage:
    """Render a message about alerts.

    Where a template of the subscriber fails, the default template is used, and a plain text body
    ends with the reason. Neither time nor memory is bounded here: templates of subscribers are
    rendered by `streams.alerts.templates.process.TemplateProcess`, which calls this function.

    Args:
        alerts: Alerts of this saved search, in order; not empty.
        subscription: The saved search: its name, templates, and the time zone of its quiet hours
            (else UTC).
        form: Kind of the message.
        format_: Format that the channel shows. A body template that begins with ``<`` is HTML
            and is used for channels that show HTML; any other template is used for all channels,
            as plain text or Markdown.
        count: Number of alerts, if ``alerts`` has only those that are shown.
        problem: Problem of the subscriber's templates that is already known.

    Raises:
        MemoryError: If a template exceeds the memory of this process.

    Examples:
        >>> alert = Alert(id="rates/x/1", subscription_id="rates",
        ...     article_id="6b626991-d331-5668-91ea-aedb6407150e", title="Bank raises rates")
        >>> rates = Subscription(id="rates", query="rate*", name="German rates")
        >>> render_message([alert], rates).title
        'German rates: Bank raises rates'
        >>> render_message([alert] * 3, rates, form=MessageKind.DIGEST).title
        '3 new: German rates'
    """
    variables = _variables(alerts, subscription, form, count=count)
    problems = [problem] if problem else []

    def render(own: str, default: str, as_: BodyFormat) -> str:
        if own:
            try:
                return compile_template(own, as_, NAMES).render(variables)
            except InvalidTemplateError as error:
                problems.append(str(error))
        return compile_template(default, as_, NAMES).render(variables)

    title = render(subscription.title_template, _default_template("title"), BodyFormat.TEXT)
    own, as_ = _own_body(subscription.body_template, format_)
    body = render(own, _default_template(f"body.{as_}"), as_)
    problem = "; ".join(dict.fromkeys(problems))
    if problem and as_ is BodyFormat.TEXT:
        body += f"\n(The template of this search cannot be used: {problem}.)"
    return RenderedMessage(_line(title), body.strip() + "\n", as_, problem)


def check_templates(title: str, body: str, sample: Alert) -> None:
    """Render templates for sample alerts and a digest, to find errors.

    As `render_message`, it is bounded only within a `TemplateProcess`.

    Args:
        title: Template of the title; an empty one is not checked.
        body: Template of the body; an empty one is not checked.
        sample: An alert with a value in every field.

    Raises:
        InvalidTemplateError: If a template fails; the message names template, line and remedy.
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
                named = InvalidTemplateError(error.line, error.problem)
                named.args = (f"{name} template, {error}",)
                raise named from error


def _own_body(template: str, format_: BodyFormat) -> tuple[str, BodyFormat]:
    """Return the part of a body template that serves a format, and the format of the result."""
    if not template:
        return "", format_
    is_html = template.lstrip().startswith(_HTML_START)
    if format_ is BodyFormat.HTML:
        return template, BodyFormat.HTML if is_html else BodyFormat.TEXT
    return "" if is_html else template, format_


def without_templates(subscription: Subscription) -> Subscription:
    """Return a saved search that uses the default templates."""
    return msgspec.structs.replace(subscription, title_template="", body_template="")


def _variables(
    alerts: Sequence[Alert],
    subscription: Subscription,
    form: MessageKind,
    *,
    count: int | None = None,
) -> Mapping[str, Any]:
    zone = _zone(subscription)
    count = len(alerts) if count is None else count
    shown = [_alert(alert, zone) for alert in alerts[:MAX_SHOWN]]
    return {
        "search": TemplateFields(
            id=subscription.id,
            name=one_line(subscription.name or subscription.id),
            query=one_line(subscription.query),
        ),
        "alert": shown[0],
        "alerts": shown,
        "count": count,
        "more": count - len(shown),
        "form": form.value,
    }


def _alert(alert: Alert, zone: tzinfo) -> TemplateFields:
    spans = {
        field: [(mark.start, mark.end) for mark in alert.highlights if mark.field is field]
        for field in Field
    }
    published = alert.published.astimezone(zone) if alert.published else None
    start = alert.passage_start
    return TemplateFields(
        id=alert.id,
        article_id=alert.article_id,
        kind=alert.kind.value,
        revision=alert.revision,
        title=MarkedText(one_line(alert.title), spans[Field.TITLE])
        if alert.title
        else one_line(alert.summary[:80]) or "(no title)",
        url=one_line(alert.url),
        published=published,
        source=one_line(alert.source),
        language=one_line(alert.language),
        summary=one_line(alert.summary),
        passage=MarkedText(
            one_line(alert.passage),
            [(first - start, last - start) for first, last in spans[Field.TEXT]],
        ),
        clauses=[one_line(clause.text) for clause in alert.clauses],
        entities=[
            TemplateFields(
                id=one_line(entity.id), name=one_line(entity.name), type=entity.type.value
            )
            for entity in named_entities(alert.entities)
        ],
        facts=[
            fact
            for fact in (
                one_line(alert.source),
                published.strftime(WORDY_DATE) if published else "",
                _kind_text(alert),
            )
            if fact
        ],
    )


def _kind_text(alert: Alert) -> str:
    if alert.kind is AlertKind.NEW:
        return ""
    return f"version {alert.revision}" if alert.kind is AlertKind.REVISION else alert.kind.value


def _zone(subscription: Subscription) -> tzinfo:
    try:
        return time_zone(subscription.quiet.zone) if subscription.quiet else UTC
    except ValueError:
        return UTC


def _line(title: str) -> str:
    plain = " ".join("".join(char if char.isprintable() else " " for char in title).split())
    return plain if len(plain) <= MAX_TITLE_CHARS else plain[: MAX_TITLE_CHARS - 1] + "…"


@lru_cache
def _default_template(name: str) -> str:
    return (files("streams.alerts.templates") / "data" / f"{name}.j2").read_text("utf-8")
