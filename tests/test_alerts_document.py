"""docs/reference/alerts.md: its names, filters, numbers and template agree with the code."""

import re

from streams.alerts.policy import CATCH_UP_AGE, CATCH_UP_ALERTS, MessageKind
from streams.alerts.sample import sample_alert
from streams.alerts.templates.filters import FILTERS
from streams.alerts.templates.render import MAX_SHOWN, NAMES, check_templates, render_message
from streams.records import Subscription
from tests.conftest import ROOT

DOCUMENT = (ROOT / "docs/reference/alerts.md").read_text()
SEARCH = Subscription(id="bridges", query="bridge", name="Bridges")
(TEMPLATE,) = re.findall(r"^```jinja\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def documented(heading: str) -> set[str]:
    """Return the names in the first column of a table."""
    table = DOCUMENT[DOCUMENT.index(f"| {heading} |") :].split("\n\n", 1)[0]
    first = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for cell in first for name in re.findall(r"`([^`]+)`", cell)}


def test_every_variable_is_documented() -> None:
    alert_fields = re.findall(r"there are (.*)", problem_of("{{ alert.nothing }}"))[0].split(", ")

    assert {name.split(".")[0] for name in documented("name")} >= NAMES
    assert {f"alert.{field}" for field in alert_fields} <= documented("name")


def test_every_filter_is_documented() -> None:
    assert {name.split("(")[0] for name in documented("filter")} == set(FILTERS)


def test_documented_names_can_be_used() -> None:
    lists = {"alert.clauses", "alert.entities", "alert.facts"}
    texts = {name for name in documented("name") if name.startswith(("alert.", "search."))} - lists
    shown = " ".join(f"{{{{ {name} }}}}" for name in (*texts, "count", "more", "form"))

    check_templates("", shown, sample_alert(SEARCH))

    assert len(texts) > 10


def test_example_renders() -> None:
    found = render_message(
        [sample_alert(SEARCH)],
        Subscription(id="bridges", query="bridge", name="Bridges", body_template=TEMPLATE),
    )

    assert found.problem == ""
    assert found.body.startswith("1 about Bridges\n1. HARBOR BRIDGE REOPENS AFTER THREE MONTHS")


def test_numbers_agree_with_the_source() -> None:
    assert (CATCH_UP_ALERTS, CATCH_UP_AGE.total_seconds() / 60, MAX_SHOWN) == (5, 15, 50)
    assert {form.value for form in MessageKind} <= {*re.findall(r"`(\w+)`", DOCUMENT)}


def problem_of(template: str) -> str:
    """Return the problem of a template."""
    own = Subscription(id="bridges", query="bridge", title_template=template)
    return render_message([sample_alert(own)], own).problem
