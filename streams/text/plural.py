"""Numbers of things, as people say them."""


def counted(number: int, one: str, many: str = "") -> str:
    """Say how many there are.

    Args:
        number: How many.
        one: What one of them is called.
        many: What several are called; empty: with an s.

    Examples:
        >>> counted(1, "alert"), counted(1200, "alert"), counted(0, "entity", "entities")
        ('1 alert', '1,200 alerts', '0 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
