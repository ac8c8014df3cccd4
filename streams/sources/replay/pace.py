"""Compute the times at which a replay sends articles."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True, kw_only=True)
class ReplaySpeed:
    """The progress of a replay in event time and in its own time.

    Gaps between publication times are divided by the factor. A time that is unknown, or before
    the latest one, does not add a gap.

    Attributes:
        factor: Speed relative to publication, above 0.
        latest: Latest publication time seen; None before the first.
        due: Time at which to send the current article, counted from the start.

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
        """Return the progress at the article with a publication time."""
        if published is None:
            return self
        if self.latest is None:
            return replace(self, latest=published)
        gap = max(published - self.latest, timedelta(0))
        return replace(self, latest=self.latest + gap, due=self.due + gap / self.factor)
