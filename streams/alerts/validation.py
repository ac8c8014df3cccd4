"""Validate saved searches before they are stored, for the command line and for HTTP alike."""

from collections.abc import Callable
from contextlib import nullcontext

from streams.alerts.quiet_hours import time_zone
from streams.alerts.sample import sample_alert
from streams.alerts.templates.process import TemplateProcess
from streams.alerts.templates.validate import InvalidTemplateError
from streams.errors import UsageError
from streams.records import DecodeError, QuietHours, Subscription, decode, encode
from streams.route.search_query import parse_search


class SearchProblemError(UsageError):
    """A field of a saved search is invalid.

    Args:
        field: Name of the field in `Subscription`; empty if unknown.
        problem: The problem and what was expected.
    """

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}" if field else problem)


def checked_search(
    search: Subscription,
    *,
    check_channel: Callable[[str], object] | None = None,
    templates: TemplateProcess | None = None,
) -> Subscription:
    """Return a saved search if all its fields are valid.

    Args:
        search: The search as its owner wrote it; fields may have wrong types or lengths.
        check_channel: Raises `UsageError` for a channel that the owner cannot use; without it,
            channels are not checked.
        templates: Renders the templates for a sample; without it, a process is started and ended.

    Raises:
        QuerySyntaxError: If the query is invalid; the message shows the position.
        SearchProblemError: If another field is invalid.

    Examples:
        >>> checked_search(Subscription(id="s", query="bridge")).query
        'bridge'
    """
    parse_search(search.query)
    if check_channel is not None:
        _check_channels(search, check_channel)
    check_quiet_hours(search.quiet)
    try:
        checked = decode(encode(search), Subscription)
    except DecodeError as error:
        raise SearchProblemError("", f"cannot save this search: {error}") from error
    try:
        with nullcontext(templates) if templates else TemplateProcess() as process:
            process.check(search.title_template, search.body_template, sample_alert(checked))
    except InvalidTemplateError as error:
        raise SearchProblemError("title_template or body_template", str(error)) from error
    return checked


def _check_channels(search: Subscription, check_channel: Callable[[str], object]) -> None:
    for channel in search.channels:
        try:
            check_channel(channel)
        except UsageError as error:
            raise SearchProblemError("channels", str(error)) from error


def check_quiet_hours(quiet: QuietHours | None) -> None:
    """Validate quiet hours.

    Raises:
        SearchProblemError: If start and end are equal, or there is no such time zone.
    """
    if quiet is None:
        return
    if quiet.start == quiet.end:
        raise SearchProblemError("quiet", "expected two different times")
    try:
        time_zone(quiet.zone)
    except ValueError as error:
        raise SearchProblemError("quiet.zone", str(error)) from error
