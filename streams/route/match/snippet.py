"""Cut the passage around a match out of a text."""

BEFORE_CHARS = 120
"""Largest number of characters before the match: about a sentence."""

PASSAGE_CHARS = 300
"""Largest number of characters of a passage: two or three sentences."""


def cut_snippet(text: str, start: int, end: int) -> tuple[int, str]:
    r"""Return the paragraph around a match, or as much of it as fits, cut at spaces.

    Args:
        text: The whole text.
        start: Start of the match, in characters.
        end: One past the last character of the match; a match longer than the passage is cut.

    Returns:
        Start of the passage, and the passage, unchanged.

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
