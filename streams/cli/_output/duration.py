"""Durations in tables."""


def duration(seconds: float | None) -> str:
    """Return a duration in its largest sensible unit; empty for None.

    Examples:
        >>> [duration(seconds) for seconds in (None, 42, 600, 7200, 259_200)]
        ['', '42 s', '10 min', '2 h', '3 d']
    """
    if seconds is None:
        return ""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (size < 3600 and seconds >= size):  # noqa: PLR2004
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
