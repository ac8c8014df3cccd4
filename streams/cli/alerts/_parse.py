"""The options of ``streams alerts add`` and ``test``, parsed and applied to a saved search."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from streams.alerts.validation import SearchProblemError, check_quiet_hours, checked_search
from streams.config.channels import Channels, check_channel
from streams.errors import UsageError
from streams.records import AlertKind, QuietHours, Subscription

NONE = "none"
"""Value that clears an option."""

MAX_DIGEST_MINUTES = 10_080
"""One week, as in `schemas.Subscription`."""

_DIGEST = re.compile(r"(\d{1,5})([mhd]?)")
_MINUTES = {"": 1, "m": 1, "h": 60, "d": 1440}
_QUIET = re.compile(r"(\d\d?:\d\d)-(\d\d?:\d\d)(?:@(\S+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """The options of ``streams alerts add`` and ``test`` as typed; None if not given.

    Attributes:
        query: Query.
        name: Name shown to people.
        kinds: Kinds of articles to match.
        channels: Channels to deliver to.
        digest: Time to collect alerts, such as ``15m``.
        quiet: Hours without messages, such as ``22:00-07:00@Europe/Berlin``.
        max_per_hour: Maximum messages per hour.
        title: Template for titles, or ``@FILE``.
        body: Template for bodies, or ``@FILE``.
        owner: Name of the token that owns the search.
    """

    query: str | None = None
    name: str | None = None
    kinds: Sequence[AlertKind] | None = None
    channels: Sequence[str] | None = None
    digest: str | None = None
    quiet: str | None = None
    max_per_hour: int | None = None
    title: str | None = None
    body: str | None = None
    owner: str | None = None


def apply_options(search: Subscription, options: SearchOptions, channels: Channels) -> Subscription:
    """Return a saved search with the options applied.

    Args:
        search: The saved search before, or a new one.
        options: Options as typed; the fields of those not given stay.
        channels: The configured channels.

    Raises:
        UsageError: If an option is invalid; the message names it.
    """
    changed = msgspec.structs.replace(search, **_changes(options))
    check = partial(check_channel, channels, owner=changed.owner)
    try:
        return checked_search(
            changed, check_channel=check if options.channels is not None else None
        )
    except SearchProblemError as error:
        option = {"channels": "--channel: ", "quiet": "--quiet: ", "quiet.zone": "--quiet: "}
        named = "--" if "template" in error.field else option.get(error.field, "")
        raise UsageError(f"{named}{error.problem}") from error


def _changes(options: SearchOptions) -> dict[str, Any]:
    parsers: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "query": ("query", str),
        "name": ("name", str),
        "kinds": ("kinds", lambda kinds: tuple(dict.fromkeys(kinds))),
        "channels": ("channels", lambda names: tuple(dict.fromkeys(n for n in names if n != NONE))),
        "digest": ("digest_minutes", digest_minutes),
        "quiet": ("quiet", quiet_hours),
        "max_per_hour": ("max_per_hour", int),
        "title": ("title_template", lambda text: template(text, "--title")),
        "body": ("body_template", lambda text: template(text, "--body")),
        "owner": ("owner", lambda name: "" if name == NONE else name),
    }
    return {
        field: parse(getattr(options, option))
        for option, (field, parse) in parsers.items()
        if getattr(options, option) is not None
    }


def digest_minutes(text: str) -> int:
    """Parse the time to collect alerts.

    Raises:
        UsageError: If the text is no time of at most a week.

    Examples:
        >>> [digest_minutes(text) for text in ("15m", "2h", "1d", "none")]
        [15, 120, 1440, 0]
    """
    match = _DIGEST.fullmatch("0" if text == NONE else text.strip())
    minutes = int(match[1]) * _MINUTES[match[2]] if match else MAX_DIGEST_MINUTES + 1
    if minutes > MAX_DIGEST_MINUTES:
        raise UsageError(
            f"--digest {text}: expected 15m, 2h or 1d, up to 7d; `none` sends each alert "
            "immediately"
        )
    return minutes


def quiet_hours(text: str) -> QuietHours | None:
    """Parse the hours without messages.

    Raises:
        UsageError: If the text has another form, or names an unknown time zone.

    Examples:
        >>> quiet_hours("22:00-7:00@Europe/Berlin")
        QuietHours(start='22:00', end='07:00', zone='Europe/Berlin')
        >>> quiet_hours("none")
    """
    if text == NONE:
        return None
    match = _QUIET.fullmatch(text.strip())
    if not match:
        raise UsageError(
            f"--quiet {text}: expected 22:00-07:00@Europe/Berlin; `none` clears the quiet hours"
        )
    start, end, zone = match[1].zfill(5), match[2].zfill(5), match[3] or "UTC"
    if max(start[:2], end[:2]) > "23" or max(start[3:], end[3:]) > "59":
        raise UsageError(f"--quiet {text}: expected two different times from 00:00 to 23:59")
    hours = QuietHours(start=start, end=end, zone=zone)
    try:
        check_quiet_hours(hours)
    except SearchProblemError as error:
        raise UsageError(f"--quiet {text}: {error.problem}") from error
    return hours


def template(text: str, option: str) -> str:
    """Return a template: the text itself, or the content of the file after ``@``.

    Raises:
        UsageError: If the file cannot be read.
    """
    if text == NONE:
        return ""
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"{option} {text}: {reason}") from error
