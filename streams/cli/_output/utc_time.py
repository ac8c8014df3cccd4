"""Times of publication for people, in UTC whatever the offset of the source."""

from datetime import UTC, datetime
from typing import Final

MINUTES: Final = "%Y-%m-%d %H:%M"
SECONDS: Final = "%Y-%m-%d %H:%M:%S"


def utc_time(time: datetime, *, pattern: str = MINUTES) -> str:
    """Return an aware time in UTC, with the name of the zone.

    Examples:
        >>> utc_time(datetime.fromisoformat("2026-03-02T00:15:00+01:00"))
        '2026-03-01 23:15 UTC'
    """
    return f"{time.astimezone(UTC):{pattern}} UTC"
