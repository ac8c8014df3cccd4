"""Quiet hours: a moment and somebody's hours in, whether it is quiet and until when out."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from streams.records import QuietHours

_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=256)
def time_zone(name: str) -> tzinfo:
    """Give a time zone by its name in the IANA database.

    Raises:
        ValueError: If there is no such zone.

    Examples:
        >>> str(time_zone("Europe/Berlin"))
        'Europe/Berlin'
    """
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError) as error:  # a path, an unknown name, a folder
        raise ValueError(f"no time zone {name}") from error


def is_quiet(moment: datetime, quiet: QuietHours | None) -> bool:
    """Whether the clocks of its zone show a quiet minute.

    Where clocks go back, an hour of the night counts as quiet both times it comes; where they
    go forward, the hour that is left out cannot end anything. Equal ends are no hours at all.
    A zone that the database does not have any longer counts as UTC.

    Examples:
        >>> night = QuietHours(start="22:00", end="07:00", zone="Europe/Berlin")
        >>> is_quiet(datetime(2026, 7, 1, 20, 0, tzinfo=UTC), night)
        True
        >>> is_quiet(datetime(2026, 1, 1, 20, 59, tzinfo=UTC), night)
        False
    """
    if quiet is None:
        return False
    shown = moment.astimezone(_zone_of(quiet)).time()
    start, end = _time(quiet.start), _time(quiet.end)
    if start <= end:
        return start <= shown < end
    return shown >= start or shown < end


def quiet_until(moment: datetime, quiet: QuietHours | None) -> datetime:
    """Give the first moment from this one on that is not quiet: itself, unless it is.

    Returns:
        In UTC.

    Examples:
        >>> night = QuietHours(start="22:00", end="07:00", zone="Europe/Berlin")
        >>> quiet_until(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), night).isoformat()
        '2026-03-29T05:00:00+00:00'
    """
    moment = moment.astimezone(UTC)
    if quiet is None or not is_quiet(moment, quiet):
        return moment
    zone = _zone_of(quiet)
    local = moment.astimezone(zone)
    end = _time(quiet.end)
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    found = datetime.combine(day, end, zone).astimezone(UTC)
    if found.astimezone(zone).utcoffset() == local.utcoffset():
        return found
    # The two nights of a year in which clocks change: minute by minute, at most a day of them.
    found = moment.replace(second=0, microsecond=0)
    while is_quiet(found, quiet):
        found += _MINUTE
    return found


def _zone_of(quiet: QuietHours) -> tzinfo:
    try:
        return time_zone(quiet.zone)
    except ValueError:
        return UTC


def _time(text: str) -> time:
    return time(int(text[:2]), int(text[3:]))
