"""When to send: publication times in, seconds after the start out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True, kw_only=True)
class ReplaySpeed:
    """How far a replay has come in event time and in its own time.

    Gaps between publication times are kept, divided by the factor. A time that
    is unknown, or before one already seen, leaves no gap.

    Attributes:
        factor: How much faster than it happened, above 0.
        latest: Latest publication time seen; None before the first.
        due: When to send the article at hand, counted from the start.

    Examples:
        >>> from datetime import UTC
        >>> pace = ReplaySpeed(factor=60).after(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        >>> pace.after(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)).due
        datetime.timedelta(seconds=5)
    """

    factor: float
    latest: datetime | None = None
    due: timedelta = timedelta(0)

    def after(self, published: datetime | None) -> Self:
        """Go on to the article published then."""
        if published is None:
            return self
        if self.latest is None:
            return replace(self, latest=published)
        gap = max(published - self.latest, timedelta(0))
        return replace(self, latest=self.latest + gap, due=self.due + gap / self.factor)
