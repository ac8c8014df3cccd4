"""Hold the fields of a page's head that help to find its text."""

from dataclasses import dataclass
from typing import Final

MIN_BODY_CHARACTERS: Final = 400
"""A shorter ``articleBody`` is a teaser."""


@dataclass(frozen=True, slots=True)
class KnownFields:
    """Fields of the rest of the page that help to find the text.

    Attributes:
        titles: Headlines, which are left out of the text.
        body: The JSON-LD ``articleBody``; empty if none.
        descriptions: Descriptions; a printed line equal to one is the standfirst.
        names: Authors, agencies and site, which are left out if they are a line of their own.
        declared: Headlines in the page's head, perhaps with the site's name.
        url: URL of the page; empty if unknown.
        is_live: Whether the page is a live blog, whose entries are articles of their own.
    """

    titles: tuple[str, ...] = ()
    body: str = ""
    descriptions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()
    url: str = ""
    is_live: bool = False
