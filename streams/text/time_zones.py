"""Parse time zones as people and programs write them."""

from datetime import timedelta
from functools import lru_cache
from typing import Final

ZONES: Final = {
    "": 0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60,
    "met": 60, "mez": 60, "cest": 120, "mest": 120, "mesz": 120, "eet": 120, "eest": 180,
    "msk": 180, "pkt": 300, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780, "at": -240, "ast": -240, "adt": -180, "et": -300, "est": -300, "edt": -240,
    "ct": -360, "cst": -360, "cdt": -300, "mt": -420, "mst": -420, "mdt": -360, "pt": -480,
    "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
}  # fmt: skip
"""Minutes east of Greenwich by zone name, in lower case; the empty name means UTC.

IST is left out because India, Israel and Ireland all use it.

References: RFC 5322, section 4.3, for the American zones; feedparser's ``timezone_names`` for AT,
ET, CT, MT, PT; IANA's time zone database for the others.
"""


@lru_cache(maxsize=256)
def utc_offset(zone: str) -> timedelta:
    """Return the offset of a zone east of Greenwich.

    Args:
        zone: A name of `ZONES` in any case, or hours and minutes such as ``+05``, ``-05:00`` and
            ``GMT+0530``.

    Raises:
        ValueError: If there is no such zone, or the offset is a day or more.

    Examples:
        >>> utc_offset("CEST") == utc_offset("+02:00") == utc_offset("UTC+0200")
        True
    """
    name = zone.lower()
    if name in ZONES:
        return timedelta(minutes=ZONES[name])
    digits = name.removeprefix("gmt").removeprefix("utc").replace(":", "").replace("−", "-")
    if digits[:1] not in {"+", "-"}:
        raise ValueError(f"unknown time zone: {zone}")
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    if minutes >= 24 * 60:
        raise ValueError(f"unknown time zone: {zone}")
    return timedelta(minutes=-minutes if digits[0] == "-" else minutes)
