"""Offices of people and their countries, extracted from free text."""

import re
from collections.abc import Iterable

from kb.entry import Entry

_PLAIN = {
    "us": "us",
    "russia": "ru",
    "ukraine": "ua",
    "uk": "gb",
    "united states": "us",
    **dict.fromkeys(("england", "scotland", "wales", "northern ireland"), "gb"),
}


PARTS = frozenset(f"{c}-" for c in ("us", "ca", "au", "de", "jp", "in", "fr", "it", "es", "cn"))
"""Countries whose parts are described without the country: a town in Massachusetts."""


class Countries:
    """Finds the country in the description of an office.

    Args:
        by_code: Territories by code.
        peoples: Peoples whose adjectives name a country too.
    """

    def __init__(self, by_code: dict[str, Entry], peoples: Iterable[Entry] = ()) -> None:
        self._codes = dict(_PLAIN)
        for code, entry in by_code.items():
            if "-" not in code:
                for name in entry.names:
                    if name.isascii() and len(name) > 3:  # noqa: PLR2004
                        self._codes.setdefault(name.lower(), code)
        for people in peoples:
            code = people.notes[0].rpartition(" ")[2].lstrip("@") if people.notes else ""
            if len(code) == 2:  # noqa: PLR2004
                for name in people.names:
                    self._codes.setdefault(name.lower(), code)
        for code, entry in by_code.items() if peoples else ():
            if code[:3] in PARTS:
                self._codes.setdefault(entry.name.lower(), code[:2])
        names = sorted(self._codes, key=lambda name: (-len(name), name))
        self._pattern = re.compile(r"\b(" + "|".join(map(re.escape, names)) + r")\b", re.IGNORECASE)

    def note(self, descriptions: list[str]) -> str:
        """Return offices separated by ``; ``, then ``@`` and country codes."""
        offices: dict[str, None] = {}
        codes: dict[str, None] = {}
        for description in descriptions:
            plain = description.replace("_", " ").replace("US rep", "Representative us")
            plain = plain.replace("US sen", "Senator us").replace("Senatorator", "Senator")
            codes.update(
                dict.fromkeys(self._codes[m.lower()] for m in self._pattern.findall(plain))
            )
            office = self._pattern.sub("", plain)
            office = re.sub(r"\b(of the|of|the|for|and)\s*$", "", " ".join(office.split()))
            offices[office.strip(" ,")] = None
        return "; ".join(office for office in offices if office)[:150] + " @" + " ".join(codes)
