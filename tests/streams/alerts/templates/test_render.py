"""Messages by default templates and by a subscriber's own templates."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts.policy import MessageKind
from streams.alerts.templates.format import BodyFormat
from streams.alerts.templates.render import (
    MAX_SHOWN,
    MAX_TITLE_CHARS,
    check_templates,
    render_message,
)
from streams.alerts.templates.validate import InvalidTemplateError
from streams.records import Alert, AlertKind, Clause, Field, Highlight, QuietHours, Subscription
from tests.support.builders import entity
from tests.support.strategies import TEXT, records

RATES = Subscription(id="rates", query='rate* and "Bundesbank"', name="German rates")
ALERT = Alert(
    id="rates/6b626991-d331-5668-91ea-aedb6407150e/1",
    subscription_id="rates",
    article_id="6b626991-d331-5668-91ea-aedb6407150e",
    title="Bundesbank <raises> rates",
    url="https://news.test/rates?a=1&b=2",
    published=datetime(2026, 7, 2, 8, 15, tzinfo=UTC),
    source="Test News",
    summary="The bank met.",
    clauses=(Clause(text="rate*"), Clause(text="Bundesbank")),
    highlights=(
        Highlight(field=Field.TITLE, start=20, end=25),
        Highlight(field=Field.TEXT, start=504, end=509),
    ),
    entities=(entity("Deutsche Bundesbank", id="Q153130"), entity("Germany", id="Q183")),
    passage="Key rates rise by half a point.",
    passage_start=500,
)


def changed(**changes: object) -> Alert:
    return msgspec.structs.replace(ALERT, **changes)


def with_templates(title: str = "", body: str = "", **changes: object) -> Subscription:
    return msgspec.structs.replace(RATES, title_template=title, body_template=body, **changes)


def test_text_body_of_one_alert() -> None:
    found = render_message([ALERT], RATES)

    assert found.title == "German rates: Bundesbank <raises> rates"
    assert found.body == (
        "Bundesbank <raises> rates\n"
        "Test News · 2 July 2026, 08:15 UTC\n"
        "https://news.test/rates?a=1&b=2\n"
        "\n"
        "Key *rates* rise by half a point.\n"
        "\n"
        "Names: Deutsche Bundesbank, Germany\n"
        "\n"
        "-- \n"
        'German rates: rate* and "Bundesbank"\n'
    )


def test_digest_counts_and_numbers_alerts() -> None:
    other = changed(title="Rates again", kind=AlertKind.REVISION, revision=3, url="", passage="")

    found = render_message([ALERT, other], RATES, form=MessageKind.DIGEST)

    assert found.title == "2 new: German rates"
    assert (
        "\n2. Rates again\nTest News · 2 July 2026, 08:15 UTC · version 3\n\nThe bank met.\n"
        in (found.body)
    )


def test_catch_up_title_says_catch_up() -> None:
    found = render_message([ALERT] * 9, RATES, form=MessageKind.CATCH_UP)

    assert found.body.startswith("These 9 could not be delivered when they came;")


def test_html_body_marks_matches_and_escapes() -> None:
    found = render_message([ALERT], RATES, format_=BodyFormat.HTML)

    assert "Bundesbank &lt;raises&gt; <mark>rates</mark></a>" in found.body
    assert 'href="https://news.test/rates?a=1&amp;b=2"' in found.body or (
        'href="https://news.test/rates?a=1&b=2"' in found.body
    )
    assert "rate* and &#34;Bundesbank&#34;" in found.body


def test_markdown_body_links_headline_and_marks_matches() -> None:
    found = render_message([ALERT], RATES, format_=BodyFormat.MARKDOWN)

    assert found.body.startswith(
        "[Bundesbank \\<raises\\> **rates**](https://news.test/rates?a=1&b=2)\n\n"
    )


def test_script_url_is_not_linked() -> None:
    found = render_message([changed(url="javascript:alert(1)")], RATES, format_=BodyFormat.HTML)

    assert "javascript" not in found.body


def test_body_lists_first_alerts_and_counts_rest() -> None:
    found = render_message([ALERT] * (MAX_SHOWN + 7), RATES, form=MessageKind.DIGEST)

    assert found.title == "57 new: German rates"
    assert f"\n{MAX_SHOWN}. " in found.body
    assert f"\n{MAX_SHOWN + 1}. " not in found.body
    assert "… and 7 more: streams alerts show rates" in found.body


def test_times_are_in_zone_of_subscriber() -> None:
    berlin = with_templates(quiet=QuietHours(start="22:00", end="07:00", zone="Europe/Berlin"))

    assert "2 July 2026, 10:15 CEST" in render_message([ALERT], berlin).body


def test_alert_without_title_is_named_by_summary() -> None:
    assert render_message([changed(title="")], RATES).title == "German rates: The bank met."
    assert (
        render_message([changed(title="", summary="")], RATES).title == "German rates: (no title)"
    )


def test_own_templates_are_used() -> None:
    own = with_templates("{{ count }}× {{ search.id }}", "{{ alert.title|marked }}")

    found = render_message([ALERT], own)

    assert (found.title, found.body) == ("1× rates", "Bundesbank <raises> *rates*\n")


@pytest.mark.parametrize(
    ("body", "format_", "written", "starts"),
    [
        (
            "<p>{{ alert.title }}</p>",
            BodyFormat.HTML,
            BodyFormat.HTML,
            "<p>Bundesbank &lt;raises&gt;",
        ),
        (
            "<p>{{ alert.title }}</p>",
            BodyFormat.TEXT,
            BodyFormat.TEXT,
            "Bundesbank <raises> rates\nTest",
        ),
        ("# {{ alert.title }}", BodyFormat.HTML, BodyFormat.TEXT, "# Bundesbank <raises>"),
        (
            "# {{ alert.title }}",
            BodyFormat.MARKDOWN,
            BodyFormat.MARKDOWN,
            r"# Bundesbank \<raises\>",
        ),
    ],
)
def test_own_body_is_used_for_channels_of_its_format(
    body: str, format_: BodyFormat, written: BodyFormat, starts: str
) -> None:
    found = render_message([ALERT], with_templates(body=body), format_=format_)

    assert found.format is written
    assert found.body.startswith(starts)


def test_failing_template_falls_back_to_default_with_reason() -> None:
    own = with_templates("{{ alert.entities[5].name }}", "{{ alert.entities[7].name }}")

    found = render_message([ALERT], own)

    assert found.title == "German rates: Bundesbank <raises> rates"
    assert "there is no element 7" in found.problem
    assert "The template of this search cannot be used" in found.body


def test_title_is_one_short_printable_line() -> None:
    own = with_templates("a\r\nBcc: x\x00y\u202e" + "z" * 400)

    title = render_message([ALERT], own).title

    assert title.startswith("a Bcc: x y zzz")
    assert len(title) == MAX_TITLE_CHARS


@given(
    st.lists(records(Alert), min_size=1, max_size=3),
    st.sampled_from(MessageKind),
    st.sampled_from(BodyFormat),
    TEXT,
)
def test_render_message_is_total(
    alerts: list[Alert], form: MessageKind, format_: BodyFormat, name: str
) -> None:
    found = render_message(
        alerts, Subscription(id="s", query="x", name=name), form=form, format_=format_
    )

    assert not found.problem
    assert found.title.isprintable()
    assert found.body


@pytest.mark.parametrize(
    ("title", "body", "error"),
    [
        ("{{ alert.titel }}", "", "title template, line 1: there is no `titel` here"),
        ("", "\n{{ alrt }}", "body template, line 2: there is no `alrt`"),
        ("", "<p>{{ alert.entities[0].name }}</p>", "body template, line 1: there is no element 0"),
    ],
)
def test_check_templates_names_template_and_line(title: str, body: str, error: str) -> None:
    with pytest.raises(InvalidTemplateError) as caught:
        check_templates(title, body, ALERT)

    assert str(caught.value).startswith(error)


def test_check_templates_accepts_valid_ones() -> None:
    title, body = "{{ count }}", "{% for a in alerts %}{{ a.published|date }}{% endfor %}"

    check_templates(title, body, ALERT)

    assert render_message([ALERT], with_templates(title, body)).problem == ""
