"""Validation of saved searches, field by field."""

import pytest

from streams.alerts.validation import SearchProblemError, checked_search
from streams.errors import UsageError
from streams.records import QuietHours, Subscription
from streams.route.query.errors import QuerySyntaxError

WHOLE = Subscription(
    id="s",
    query="bridge and storm",
    owner="me",
    channels=("desk",),
    quiet=QuietHours(start="22:00", end="07:00", zone="Europe/Berlin"),
    title_template="{{ count }}",
)


def refuse(channel: str) -> None:
    """Refuse any channel."""
    raise UsageError(f"no channel {channel}")


def changed(**changes: object) -> Subscription:
    """Return a search with some values replaced, without validation."""
    fields = {name: getattr(WHOLE, name) for name in WHOLE.__struct_fields__}
    return Subscription(**fields | changes)


def test_checked_search_returns_valid_search() -> None:
    assert checked_search(WHOLE) == WHOLE


def test_checked_search_refuses_invalid_query_with_position() -> None:
    with pytest.raises(QuerySyntaxError) as refused:
        checked_search(changed(query="bridge and"))

    assert refused.value.column == 11


def test_checked_search_checks_each_channel() -> None:
    with pytest.raises(SearchProblemError, match="channels: no channel desk"):
        checked_search(WHOLE, check_channel=refuse)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"quiet": QuietHours(start="22:00", end="22:00")}, "quiet", "different"),
        ({"quiet": QuietHours(start="22:00", end="07:00", zone="Mars")}, "quiet.zone", "Mars"),
        ({"title_template": "{{ x"}, "title_template", "title template, line 1"),
        ({"body_template": "{{ alert.x() }}"}, "body_template", "body template, line 1"),
        ({"body_template": "x" * 20_001}, "", "cannot save"),
        ({"digest_minutes": -1}, "", "cannot save"),
    ],
)
def test_checked_search_names_invalid_field(
    changes: dict[str, object], field: str, problem: str
) -> None:
    with pytest.raises(SearchProblemError) as refused:
        checked_search(changed(**changes))

    assert field in refused.value.field
    assert problem in refused.value.problem
