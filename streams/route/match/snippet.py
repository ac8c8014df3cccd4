"""A text and the place in it that matched in, what stands around that place out."""

BEFORE_CHARS = 120
"""Shown before the place: a sentence or so."""

PASSAGE_CHARS = 300
"""Shown in all: two or three sentences."""


def cut_snippet(text: str, start: int, end: int) -> tuple[int, str]:
    r"""Cut out the paragraph around a place, or what fits of it, at spaces.

    Args:
        text: All of it.
        start: Where the place begins, in characters.
        end: One past its last character; a place longer than the passage is cut.

    Returns:
        Where the passage begins, and the passage as it stands there.

    Examples:
        >>> cut_snippet("First.\nThe bridge opened on Monday.\nLast.", 11, 17)
        (7, 'The bridge opened on Monday.')
    """
    first = max(0, start - BEFORE_CHARS)
    if (line := text.rfind("\n", first, start)) >= 0:
        first = line + 1
    elif first and (space := text.find(" ", first - 1, start)) >= 0:
        first = space + 1
    limit = first + PASSAGE_CHARS
    if (line := text.find("\n", end, limit)) >= 0:
        last = line
    elif limit < len(text) and (space := text.rfind(" ", end, limit)) >= 0:
        last = space
    else:
        last = min(limit, len(text))
    return first, text[first:last]
