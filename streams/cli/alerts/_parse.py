"""The options of ``streams alerts add`` and ``test``, parsed and applied to a saved search."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from yarl import URL

from streams.alerts.quiet_hours import time_zone
from streams.alerts.sample import sample_alert
from streams.alerts.templates.render import check_templates
from streams.alerts.templates.validate import InvalidTemplateError
from streams.config.channels import ChannelError, Channels, Webhook, channel_of
from streams.errors import UsageError
from streams.fetch.address import RefusedAddressError, check_literal_address
from streams.records import AlertKind, DecodeError, QuietHours, Subscription, decode, encode
from streams.route.search_query import parse_search

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
    if options.query is not None:
        parse_search(changed.query)
    for channel in changed.channels if options.channels is not None else ():
        _check_channel(channels, channel, changed.owner)
    _check_templates(changed)
    try:
        return decode(encode(changed), Subscription)
    except DecodeError as error:
        raise UsageError(f"cannot save this search: {error}") from error


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
    if max(start[:2], end[:2]) > "23" or max(start[3:], end[3:]) > "59" or start == end:
        raise UsageError(f"--quiet {text}: expected two different times from 00:00 to 23:59")
    try:
        time_zone(zone)
    except ValueError:
        raise UsageError(
            f"--quiet {text}: unknown time zone {zone}; expected a name such as Europe/Berlin"
        ) from None
    return QuietHours(start=start, end=end, zone=zone)


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


def _check_channel(channels: Channels, channel: str, owner: str) -> None:
    try:
        kind = channel_of(channels, channel, owner=owner).kind
    except ChannelError as error:
        raise UsageError(f"--channel: {error}") from error
    if isinstance(kind, Webhook):
        _check_host(URL(kind.url.get_secret_value()).host or "", channels)


def _check_host(host: str, channels: Channels) -> None:
    """Refuse a literal private address; host names are checked when a message is sent."""
    if host in channels.private_hosts:
        return
    try:
        check_literal_address("127.0.0.1" if host == "localhost" else host, ())
    except RefusedAddressError:
        raise UsageError(
            f"--channel: {host} is not a public address; to allow it, put "
            f'allow_private_hosts = ["{host}"] at the top of channels.toml'
        ) from None


def _check_templates(search: Subscription) -> None:
    try:
        check_templates(search.title_template, search.body_template, sample_alert(search))
    except InvalidTemplateError as error:
        raise UsageError(f"--{error}") from error
