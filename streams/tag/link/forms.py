"""Build the forms in which a name is looked up: unchanged, then without titles and other parts."""

import re
from collections.abc import Iterator

from streams.tag.gazetteer import Span
from streams.tag.names import without_title
from streams.tag.recognize.spans import trim_span

_AMERICAN = re.compile(r"(?:U\.S\.|US|American|federal|Federal)\s+([A-Z].+)")
_STATES = {
    "Ala": "Alabama", "Ariz": "Arizona", "Ark": "Arkansas", "Calif": "California",
    "Colo": "Colorado", "Conn": "Connecticut", "Del": "Delaware", "Fla": "Florida",
    "Ga": "Georgia", "Ill": "Illinois", "Ind": "Indiana", "Kan": "Kansas", "Ky": "Kentucky",
    "La": "Louisiana", "Mass": "Massachusetts", "Md": "Maryland", "Mich": "Michigan",
    "Minn": "Minnesota", "Miss": "Mississippi", "Mo": "Missouri", "Mont": "Montana",
    "Neb": "Nebraska", "Nev": "Nevada", "N.C": "North Carolina", "N.D": "North Dakota",
    "N.H": "New Hampshire", "N.J": "New Jersey", "N.M": "New Mexico", "N.Y": "New York",
    "Okla": "Oklahoma", "Ore": "Oregon", "Pa": "Pennsylvania", "R.I": "Rhode Island",
    "S.C": "South Carolina", "S.D": "South Dakota", "Tenn": "Tennessee", "Tex": "Texas",
    "Va": "Virginia", "Vt": "Vermont", "Wash": "Washington", "W.Va": "West Virginia",
    "Wis": "Wisconsin", "Wyo": "Wyoming",
}  # fmt: skip
"""Abbreviations of states by American news agencies, without the last period (AP Stylebook)."""

_SHORT_STATE = re.compile(rf"({'|'.join(map(re.escape, _STATES))})\.(?=\s+[A-Z]|$)")
_LEGAL = re.compile(
    r",?\s{1,4}(?:Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|PLC|plc|LLC|LLP|GmbH|AG|SA|NV)\.?$"
)
_COUNTIES = re.compile(
    r"(?:(?:,| and|, and) [A-Z][\w.'’-]{0,30}(?: [A-Z][\w.'’-]{0,30}){0,2}){1,12} [Cc]ounties\b"
    r"| [Cc]ounty\b"
)
"""Text that follows the name of a county, or of several in a row: at most twelve, since a list of
places is searched from each of its places."""


def name_forms(surface: str, kind: str) -> Iterator[str]:
    """Yield a name unchanged, then without article, title, office, legal form, country.

    Args:
        surface: The name in the text.
        kind: A letter of `streams.tag.knowledge.KINDS`.

    Examples:
        >>> list(name_forms("the Acme Corp.", "o"))
        ['the Acme Corp.', 'Acme Corp.', 'Acme']
        >>> list(name_forms("US Navy", "o"))
        ['US Navy', 'United States Navy', 'Navy']
        >>> list(name_forms("Calif. Highway Patrol", "o"))[-1]
        'California Highway Patrol'
    """
    yield surface
    plain = without_title(surface)
    if plain != surface:
        yield plain
    if kind in "pu":
        bare = trim_span(surface, Span(0, len(surface), "p"))
        if bare and bare.start:
            yield surface[bare.start : bare.end]
    short = _SHORT_STATE.match(plain) if kind != "p" else None
    if short:
        yield _STATES[short[1]] + plain[short.end() :]
    legal = _LEGAL.search(plain) if kind in "ou" else None
    if legal and legal.start():
        yield plain[: legal.start()]
    american = _AMERICAN.match(plain)
    if american and kind != "p":
        yield f"United States {american[1]}"
        yield american[1]


def is_county(text: str, end: int) -> bool:
    """Return whether the words after a place name make it a county.

    Examples:
        >>> text = "in Orange, Kern and San Bernardino counties"
        >>> is_county(text, text.index("Orange") + 6), is_county(text, text.index("Kern") + 4)
        (True, True)
        >>> is_county("in Orange, where counties", 9)
        False
    """
    return _COUNTIES.match(text, end) is not None
