"""Find the news agency that an article credits."""

import re
from typing import Final

# fmt: off
AGENCIES: Final = {
    "ANI": ("ANI", "Asian News International"),
    "PTI": ("PTI", "Press Trust of India"),
    "IANS": ("IANS", "Indo-Asian News Service"),
    "Reuters": ("Reuters", "Reuter", "REUTERS", "REUTER", "reuter", "Thomson Reuters"),
    "AP": ("AP", "Associated Press", "The Associated Press", "A.P."),
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "UPI": ("UPI", "United Press International"),
    "Bloomberg": ("Bloomberg", "Bloomberg News"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur"),
    "dpa-AFX": ("dpa-AFX", "DPA-AFX"),
    "AFX": ("AFX",),
    "SID": ("SID", "sid", "Sport-Informations-Dienst"),
    "epd": ("epd", "Evangelischer Pressedienst"),
    "KNA": ("KNA", "Katholische Nachrichten-Agentur"),
    "APA": ("APA", "Austria Presse Agentur"),
    "Keystone-SDA": ("Keystone-SDA", "SDA", "sda", "Keystone-ATS", "ATS"),
    "EFE": ("EFE", "Efe", "Agencia EFE"),
    "Europa Press": ("Europa Press", "EUROPA PRESS"),
    "ANSA": ("ANSA", "Ansa"),
    "AGI": ("AGI",),
    "Adnkronos": ("Adnkronos", "ADNKRONOS"),
    "LaPresse": ("LaPresse",),
    "Askanews": ("askanews", "Askanews"),
    "Lusa": ("Lusa", "LUSA", "Agência Lusa"),
    "Estadão Conteúdo": ("Estadão Conteúdo",),
    "Agência Brasil": ("Agência Brasil",),
    "Folhapress": ("Folhapress", "FOLHAPRESS"),
    "Télam": ("Télam",),
    "Notimex": ("Notimex", "NOTIMEX"),
    "Prensa Latina": ("Prensa Latina",),
    "Belga": ("Belga", "BELGA"),
    "ANP": ("ANP",),
    "Ritzau": ("Ritzau", "ritzau", "/ritzau/"),
    "NTB": ("NTB", "©NTB"),
    "TT": ("TT",),
    "STT": ("STT",),
    "PAP": ("PAP",),
    "ČTK": ("ČTK", "CTK"),
    "TASR": ("TASR",),
    "MTI": ("MTI",),
    "Agerpres": ("Agerpres", "AGERPRES"),
    "BTA": ("BTA", "БТА"),
    "HINA": ("HINA", "Hina"),
    "Tanjug": ("Tanjug",),
    "TASS": ("TASS", "ITAR-TASS", "ТАСС"),
    "RIA Novosti": ("RIA Novosti", "РИА Новости"),
    "Interfax": ("Interfax", "Интерфакс"),
    "Ukrinform": ("Ukrinform", "Укрінформ"),
    "Anadolu": ("Anadolu", "Anadolu Agency", "Anadolu Ajansı"),
    "DHA": ("DHA",),
    "IRNA": ("IRNA",),
    "WAM": ("WAM",),
    "SPA": ("SPA",),
    "Xinhua": ("Xinhua", "XINHUA", "新华社", "新華社"),
    "Kyodo": ("Kyodo", "KYODO", "Kyodo News", "共同通信"),
    "Jiji Press": ("Jiji Press", "Jiji", "時事通信"),
    "Yonhap": ("Yonhap", "연합뉴스"),
    "CNA": ("CNA", "中央社"),
    "Bernama": ("Bernama", "BERNAMA"),
    "Antara": ("Antara", "ANTARA"),
    "AAP": ("AAP", "Australian Associated Press"),
    "PA": ("PA", "PA Media", "Press Association"),
    "The Canadian Press": ("The Canadian Press", "Canadian Press", "CP"),
    "NAN": ("NAN", "News Agency of Nigeria"),
    "MAP": ("MAP",),
    "APS": ("APS",),
}
# fmt: on
"""News agencies by their signature, each with its spellings; case matters.

References: members of the European Alliance of News Agencies and of OANA, and the agencies
named in the lists of Wikipedia ("List of news agencies"), looked up 2026-11.
"""

_NAME_OF: Final = {spelling: name for name, spellings in AGENCIES.items() for spelling in spellings}
_SPELLINGS: Final = "|".join(sorted(map(re.escape, _NAME_OF), key=len, reverse=True))
_CREDIT: Final = rf"(?P<agency>{_SPELLINGS})(?:\s*[/,&+-]\s*(?:{_SPELLINGS}|[a-z]{{2,4}}))*"

_SIGN_OFF: Final = re.compile(
    rf"(?:^|(?<=[.!?…\"”’»)\]*]))\s{{0,4}}[-–—(\[/]{{0,4}}\s{{0,4}}{_CREDIT}\s*+[)\]/]*+[\s.*]*$"
)
"""An agency after the last sentence or on a line of its own: ``… in Vienna. ANI``, ``(AP)``."""

_DATELINE: Final = re.compile(
    rf"^[^\W\d_a-z][^().!?]{{1,70}}?[,.]?\s*[(\[/]\s*{_CREDIT}\s*[)\]/]\s*[-–—:.]"
)
"""``WASHINGTON, Jan 18 (Reuters) -``, ``Berlin (dpa) -``, ``New Delhi, January 18 (ANI):``."""

_BRACKETED: Final = re.compile(rf"^[(\[]\s*{_CREDIT}\s*[)\]]\s*[-–—:]?\s*(?=\S)")
"""``(AFP) - `` at the beginning of the text, without a place name."""


def agency_named(name: str) -> str:
    """Return the agency that a byline or publisher names; empty if it is not an agency.

    Args:
        name: Name as printed, without brackets.

    Examples:
        >>> agency_named("DPA"), agency_named("Jane Doe")
        ('dpa', '')
    """
    return _NAME_OF.get(name.strip(), "")


def agency_signing(line: str) -> tuple[str, str]:
    """Split an agency's sign-off from the end of a line.

    Args:
        line: A paragraph, on one line.

    Returns:
        The line without its sign-off, and the agency's name; the unchanged line
        and an empty name if it has none.

    Examples:
        >>> agency_signing("They met in Vienna. ANI")
        ('They met in Vienna.', 'ANI')
        >>> agency_signing("He works for ANI")
        ('He works for ANI', '')
    """
    match = _SIGN_OFF.search(line)
    if match is None:
        return line, ""
    return line[: match.start()].rstrip(" -–—"), _NAME_OF[match["agency"]]


def agency_in_dateline(line: str) -> str:
    """Return the agency that the dateline of a first paragraph credits; empty if none.

    Examples:
        >>> agency_in_dateline("GENEVA, Jan 18 (Reuters) - Talks began on Tuesday.")
        'Reuters'
        >>> agency_in_dateline("Talks (AP) began.")
        ''
    """
    match = _DATELINE.match(line) or _BRACKETED.match(line)
    return _NAME_OF[match["agency"]] if match else ""
