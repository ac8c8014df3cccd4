"""Numbers of things, as people say them."""


def plural(number: int, one: str, many: str = "") -> str:
    """Say how many there are.

    Args:
        number: How many.
        one: What one of them is called.
        many: What several are called; empty: with an s.

    Examples:
        >>> plural(1, "alert"), plural(1200, "alert"), plural(0, "entity", "entities")
        ('1 alert', '1,200 alerts', '0 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
