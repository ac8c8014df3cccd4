"""Evaluate quiet hours: whether a time is quiet, and when quiet hours end."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from streams.records import QuietHours

_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=256)
def time_zone(name: str) -> tzinfo:
    """Return a time zone by its name in the IANA database.

    Raises:
        ValueError: If there is no such zone.

    Examples:
        >>> str(time_zone("Europe/Berlin"))
        'Europe/Berlin'
    """
    try:
        return ZoneInfo(name)
    except (
        ValueError,
        LookupError,
        OSError,
    ) as error:  # a path, an unknown name, a folder in the database
        raise ValueError(f"no time zone {name}") from error


def is_quiet(moment: datetime, quiet: QuietHours | None) -> bool:
    """Return whether the local time of the quiet hours' zone is within them.

    When clocks go back, the repeated hour is quiet both times; when clocks go forward, quiet
    hours that end within the skipped hour end with it. Hours with equal ends are never quiet. A
    zone that the database no longer has counts as UTC.

    Examples:
        >>> night = QuietHours(start="22:00", end="07:00", zone="Europe/Berlin")
        >>> is_quiet(datetime(2026, 7, 1, 20, 0, tzinfo=UTC), night)
        True
        >>> is_quiet(datetime(2026, 1, 1, 20, 59, tzinfo=UTC), night)
        False
    """
    if quiet is None:
        return False
    local = moment.astimezone(_zone_of(quiet)).time()
    start, end = _time(quiet.start), _time(quiet.end)
    if start <= end:
        return start <= local < end
    return local >= start or local < end


def quiet_until(moment: datetime, quiet: QuietHours | None) -> datetime:
    """Return the earliest time, from a given one on, that is not quiet.

    Returns:
        The time in UTC; the given time if it is not quiet.

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
    until = datetime.combine(day, end, zone).astimezone(UTC)
    if until.astimezone(zone).utcoffset() == local.utcoffset():
        return until
    # In the two nights of a year in which clocks change, try each minute, at most those of a day.
    until = moment.replace(second=0, microsecond=0)
    while is_quiet(until, quiet):
        until += _MINUTE
    return until


def _zone_of(quiet: QuietHours) -> tzinfo:
    try:
        return time_zone(quiet.zone)
    except ValueError:
        return UTC


def _time(text: str) -> time:
    return time(int(text[:2]), int(text[3:]))
