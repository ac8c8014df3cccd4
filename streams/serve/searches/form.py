"""What a client says of a search in, a subscription that can be used out."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from streams.alerts.quiet_hours import time_zone
from streams.alerts.sample import sample_alert
from streams.alerts.store import SUBSCRIPTION_ID
from streams.alerts.templates.render import check_templates
from streams.alerts.templates.validate import InvalidTemplateError
from streams.config.channels import ChannelError, Channels, channel_of
from streams.records import Subscription
from streams.route.query.errors import QuerySyntaxError
from streams.route.search_query import parse_search
from streams.serve.problems import problem


class SearchForm(Subscription, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search as a client writes it: what is not said gets its default.

    Attributes:
        id: 1 to 60 of a-z, 0-9 and hyphen; empty: made of name or query.
        owner: The token that it is to belong to; empty: the one that sends it. Only an
            administrator's names another.
    """

    id: Annotated[str, msgspec.Meta(max_length=60)] = ""


def build_subscription(
    form: SearchForm, *, id_: str, owner: str, channels: Channels, before: Subscription | None
) -> Subscription:
    """Make the subscription that a client wants.

    Args:
        form: As it came.
        id_: Its id.
        owner: Name of the token that it belongs to.
        channels: Those that there are.
        before: What it was; its channels are not checked again when they stay.

    Raises:
        ProblemDetailsException: 400 if something cannot be used; it names the field.
    """
    if not SUBSCRIPTION_ID.fullmatch(id_):
        raise _wrong("id", "expected 1 to 60 of a-z, 0-9 and hyphen, not the first")
    check_query(form.query)
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    kinds, wanted = tuple(dict.fromkeys(form.kinds)), tuple(dict.fromkeys(form.channels))
    made = Subscription(**fields | {"id": id_, "owner": owner, "kinds": kinds, "channels": wanted})
    if before is None or (before.channels, before.owner) != (made.channels, owner):
        _check_channels(made, channels)
    _check_hours(made)
    try:
        check_templates(made.title_template, made.body_template, sample_alert(made))
    except InvalidTemplateError as error:
        raise _wrong("title_template or body_template", str(error)) from None
    return made


def check_query(text: str) -> None:
    """Find out whether a text is the query of a saved search.

    Raises:
        ProblemDetailsException: 400 if not; its member ``query`` says where it goes wrong.
    """
    try:
        parse_search(text)
    except QuerySyntaxError as error:
        place: Mapping[str, Any] = {
            "position": error.position,
            "line": error.line,
            "column": error.column,
            "pointer": error.pointer,
        }
        raise problem(
            400,
            f"column {error.column}: {error.problem}",
            problems=[{"field": "query", "detail": error.problem, **place}],
        ) from None


def _check_channels(subscription: Subscription, channels: Channels) -> None:
    for channel in subscription.channels:
        try:
            channel_of(channels, channel, owner=subscription.owner)
        except ChannelError as error:
            raise _wrong("channels", str(error)) from None


def _check_hours(subscription: Subscription) -> None:
    quiet = subscription.quiet
    if quiet is None:
        return
    if quiet.start == quiet.end:
        raise _wrong("quiet", "expected two different times")
    try:
        time_zone(quiet.zone)
    except ValueError as error:
        raise _wrong("quiet.zone", str(error)) from None


def _wrong(field: str, detail: str) -> Exception:
    return problem(400, f"{field}: {detail}", problems=[{"field": field, "detail": detail}])
