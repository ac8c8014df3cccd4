"""Format numbers with their nouns."""


def plural(number: int, singular: str, plural_: str = "") -> str:
    """Return a number with its noun.

    Args:
        number: The number.
        singular: Noun for one.
        plural_: Noun for several (default: the singular with an s).

    Examples:
        >>> plural(1, "alert"), plural(1200, "alert"), plural(0, "entity", "entities")
        ('1 alert', '1,200 alerts', '0 entities')
    """
    return f"{number:,} {singular if number == 1 else plural_ or singular + 's'}"
