"""What people type about a saved search: options in, changes of its record out."""

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
"""Takes back what was said before."""

MAX_DIGEST_MINUTES = 10_080
"""A week, see `schemas.Subscription`."""

_DIGEST = re.compile(r"(\d{1,5})([mhd]?)")
_MINUTES = {"": 1, "m": 1, "h": 60, "d": 1440}
_QUIET = re.compile(r"(\d\d?:\d\d)-(\d\d?:\d\d)(?:@(\S+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The options of `streams alerts add` and `test`; None: not given.

    Attributes:
        query: What it looks for.
        name: What people call it.
        kinds: Which articles it sees.
        channels: Where alerts go.
        digest: How long alerts are gathered, ``15m``.
        quiet: When nothing goes out, ``22:00-07:00@Europe/Berlin``.
        max_per_hour: How many messages an hour.
        title: Template of titles, or ``@FILE``.
        body: Template of bodies, or ``@FILE``.
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


def wished(before: Subscription, wishes: Wishes, channels: Channels) -> Subscription:
    """Change a saved search as its owner wants it; what is not given stays.

    Args:
        before: What it was, or a new one.
        wishes: What was typed.
        channels: Those that there are.

    Raises:
        UsageError: If something cannot be used; the message names the option.
    """
    after = msgspec.structs.replace(before, **_changes(wishes))
    if wishes.query is not None:
        parse_search(after.query)
    for channel in after.channels if wishes.channels is not None else ():
        _check_channel(channels, channel, after.owner)
    _check_templates(after)
    try:
        return decode(encode(after), Subscription)
    except DecodeError as error:
        raise UsageError(f"this search cannot be saved: {error}") from error


def _changes(wishes: Wishes) -> dict[str, Any]:
    read: dict[str, tuple[str, Callable[[Any], Any]]] = {
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
        field: reading(getattr(wishes, option))
        for option, (field, reading) in read.items()
        if getattr(wishes, option) is not None
    }


def digest_minutes(text: str) -> int:
    """Read how long alerts are gathered.

    Raises:
        UsageError: If that is no time up to a week.

    Examples:
        >>> [digest_minutes(text) for text in ("15m", "2h", "1d", "none")]
        [15, 120, 1440, 0]
    """
    found = _DIGEST.fullmatch("0" if text == NONE else text.strip())
    minutes = int(found[1]) * _MINUTES[found[2]] if found else MAX_DIGEST_MINUTES + 1
    if minutes > MAX_DIGEST_MINUTES:
        raise UsageError(f"--digest {text}: say 15m, 2h or 1d, at most 7d; none: each at once")
    return minutes


def quiet_hours(text: str) -> QuietHours | None:
    """Read when nothing goes out.

    Raises:
        UsageError: If these are no hours, or there is no such time zone.

    Examples:
        >>> quiet_hours("22:00-7:00@Europe/Berlin")
        QuietHours(start='22:00', end='07:00', zone='Europe/Berlin')
        >>> quiet_hours("none")
    """
    if text == NONE:
        return None
    example = "say 22:00-07:00@Europe/Berlin; none: no quiet hours"
    found = _QUIET.fullmatch(text.strip())
    if not found:
        raise UsageError(f"--quiet {text}: {example}")
    start, end, zone = found[1].zfill(5), found[2].zfill(5), found[3] or "UTC"
    if max(start[:2], end[:2]) > "23" or max(start[3:], end[3:]) > "59" or start == end:
        raise UsageError(f"--quiet {text}: two different times from 00:00 to 23:59; {example}")
    try:
        time_zone(zone)
    except ValueError:
        raise UsageError(f"--quiet {text}: there is no time zone {zone}; {example}") from None
    return QuietHours(start=start, end=end, zone=zone)


def template(text: str, option: str) -> str:
    """Give a template: as typed, or what is in the file after ``@``.

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
    """Refuse what is seen to be private; names are looked up when something is sent."""
    if host in channels.private_hosts:
        return
    try:
        check_literal_address("127.0.0.1" if host == "localhost" else host, ())
    except RefusedAddressError:
        raise UsageError(
            f"--channel: {host} is no public address; if it is yours, put "
            f'allow_private_hosts = ["{host}"] at the top of channels.toml'
        ) from None


def _check_templates(after: Subscription) -> None:
    try:
        check_templates(after.title_template, after.body_template, sample_alert(after))
    except InvalidTemplateError as error:
        raise UsageError(f"--{error}") from error
