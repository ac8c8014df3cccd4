"""What people hold: offices and the countries they hold them in, out of free text."""

import re

from kb.entry import Entry

_PLAIN = {"us": "us", "russia": "ru", "ukraine": "ua", "uk": "gb", "united states": "us"}


class Countries:
    """Finds the country a description of an office ends or goes on with."""

    def __init__(self, by_code: dict[str, Entry]) -> None:
        """Take the territories by code."""
        self._codes = dict(_PLAIN)
        for code, entry in by_code.items():
            if "-" not in code:
                for name in entry.names:
                    if name.isascii() and len(name) > 3:  # noqa: PLR2004
                        self._codes.setdefault(name.lower(), code)
        names = sorted(self._codes, key=lambda name: (-len(name), name))
        self._pattern = re.compile(r"\b(" + "|".join(map(re.escape, names)) + r")\b", re.IGNORECASE)

    def note(self, descriptions: list[str]) -> str:
        """Give offices, ``; `` between, then ``@`` and country codes."""
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
