"""Decide whether an extracted page is not an article, and why."""

import re
from dataclasses import dataclass
from typing import Final

from streams.outcome import Drop, DropReason
from streams.text.urls import is_article_url

MAX_WALL_CHARACTERS: Final = 1500
"""Longest text of a wall, shorter than an article about cookies; the longest seen has 1,100."""

MAX_TITLED_CHARACTERS: Final = 3000
"""The same for a page whose title is that of a wall."""

MIN_LISTED_HEADLINES: Final = 10
"""Fewest linked headlines of a section page; an article's page has them too, but also a text."""

MAX_SECTION_CHARACTERS: Final = 600
"""Longest text of a section page: the teaser of its first article."""

_NOT_FOUND_TITLE: Final = re.compile(
    r"^\W*(?:(?:error|fehler|erreur)?\W*(?:404|410)(?:\W*$|\W+(?:not|error|page|seite)\b|\s*[|–—-])|(?:page|site|article|story|"
    r"content) (?:was )?not found|"
    r"not found|(?:this|the|that|sorry|oops).{0,30}(?:page|article|story).{0,30}"
    r"(?:not (?:be )?found|n.t (?:be )?found|n.t exist|not exist|no longer|not available|"
    r"moved|missing)|"
    r"(?:die )?seite (?:wurde )?(?:leider )?nicht gefunden|seite nicht (?:verfügbar|vorhanden)|"
    r"page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata|"
    r"pagina niet gevonden|página não encontrada|siden (?:finnes|findes|blev) ikke|"
    r"sidan (?:finns inte|hittades inte)|страница не найдена|sayfa bulunamadı|"
    r"nie znaleziono strony|strona nie istnieje|ページが見つかりません|页面不存在)",
    re.IGNORECASE,
)
_BLOCKED_TITLE: Final = re.compile(
    r"^\W*(?:access (?:to this page has been )?denied|just a moment|attention required|"
    r"are you (?:a robot|human)|robot check|verify(?:ing)? (?:that )?you are|security check|"
    r"pardon our interruption|please verify|bot verification|human verification|captcha|"
    r"forbidden\W*$|(?:error\W*)?(?:40[139]|50[0234])\W*(?:$|error|forbidden|unauthorized|"
    r"bad|service|internal|gateway)|"
    r"service unavailable|"
    r"bad gateway|too many requests|request blocked|ddos protection|checking your browser)",
    re.IGNORECASE,
)
_BLOCKED: Final = re.compile(
    r"(?:checking (?:if the site connection is secure|your browser)|unusual (?:traffic|"
    r"activity) from|"
    r"press (?:&|and) hold|confirm (?:that )?you(?:.re| are) (?:not a robot|human)|"
    r"enable cookies and reload|cloudflare ray id|reference #\d+\.|you have been blocked|"
    r"verify you are (?:a )?human)",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(
    r"(?:(?:enable|activate|turn on|requires?|need|without|switch on) java-?script|"
    r"java-?script (?:is )?(?:required|disabled|not (?:enabled|supported)|must be)|"
    r"(?:aktivieren sie|aktiviere|benötigt) (?:bitte )?java-?script|"
    r"java-?script (?:ist )?deaktiviert|"
    r"(?:activer|activez) (?:le )?java-?script|(?:habilit[ae]r?|activ[ae]r?) java-?script|"
    r"abilita(?:re)? java-?script|schakel java-?script in|включите java-?script|"
    r"(?:enable|please enable) js\b)",
    re.IGNORECASE,
)
_CONSENT_TITLE: Final = re.compile(
    r"^\W*(?:before you continue|(?:we value )?your privacy|privacy (?:settings|"
    r"preferences|choices)|"
    r"cookie (?:consent|settings|preferences|notice|wall)|consent\b|datenschutz-?einstellungen|"
    r"(?:ihre|deine) (?:privatsphäre|zustimmung)|einwilligung|zustimmung\b|"
    r"(?:votre|respect de votre) (?:vie privée|consentement)|gérer (?:les cookies|le consentement)|"
    r"tu privacidad|la tua privacy|jouw privacy|dpg media privacy)",
    re.IGNORECASE,
)
_CONSENT: Final = re.compile(
    r"(?:accept (?:all )?(?:cookies|and continue)|we (?:and our (?:\d+ )?partners )?(?:use|"
    r"store|process)[^.]{0,60}"
    r"(?:cookies|personal data|information on (?:a|your) device)|our (?:\d+ )?partners|"
    r"legitimate interest|personali[sz]ed (?:ads|advertising|content)|consent to|"
    r"withdraw your consent|"
    r"mit werbung (?:und tracking )?(?:lesen|weiter)|(?:wir|unsere partner)[^.]{0,60}cookies|"
    r"einwilligung|personalisierte (?:werbung|anzeigen)|berechtigte[ns]? interesse|"
    r"nos (?:\d+ )?partenaires|(?:utilisons|déposer) des cookies|publicités? personnalisée|"
    r"nuestros (?:\d+ )?socios|utilizamos cookies|nostri partner|utilizziamo (?:i )?cookie|"
    r"onze partners|gebruiken cookies)",
    re.IGNORECASE,
)
MIN_CONSENT_PHRASES: Final = 2
"""Fewest different phrases about consent in a short text; an article may have one."""


@dataclass(frozen=True, slots=True)
class PageSignals:
    """Signs, beside title and text, that a page is or is not an article.

    Attributes:
        words: The beginning of the printed text, and of its ``noscript``.
        n_headlines: Number of linked headlines.
        is_marked: Whether the head declares an article.
        is_page: Whether it is a complete page, not a fragment from a feed.
    """

    words: str = ""
    n_headlines: int = 0
    is_marked: bool = False
    is_page: bool = False


NO_SIGNALS: Final = PageSignals()
"""Signals of a plain text or of a fragment from a feed."""


def drop_reason_of(
    signals: PageSignals, *, title: str, text: str, url: str, status: int = 200
) -> Drop | None:
    """Return why a fetched page is not an article, even if the server reported success.

    A plain text, or a fragment from a feed, is always an article.

    Args:
        signals: Signs beside title and text.
        title: The extracted title.
        text: The extracted text.
        url: URL that it was fetched from; empty if unknown.
        status: HTTP status; 200 if unknown.

    Returns:
        The reason and its evidence; None for an article.

    Examples:
        >>> page = PageSignals(is_page=True)
        >>> drop_reason_of(page, title="Page not found", text="Sorry.", url="").reason.value
        'not_found'
    """
    if status in {404, 410}:
        return Drop(DropReason.NOT_FOUND, f"status {status}")
    if status >= 400:  # noqa: PLR2004 - RFC 9110, section 15: errors begin here
        return Drop(DropReason.BLOCKED, f"status {status}")
    if not signals.is_page:
        return None
    return _by_words(signals, title, text) or _by_shape(signals, title, text, url)


def _by_words(signals: PageSignals, title: str, text: str) -> Drop | None:
    if len(text) <= MAX_TITLED_CHARACTERS:
        for reason, pattern in (
            (DropReason.NOT_FOUND, _NOT_FOUND_TITLE),
            (DropReason.BLOCKED, _BLOCKED_TITLE),
            (DropReason.CONSENT_WALL, _CONSENT_TITLE),
        ):
            if pattern.match(title) and not (
                signals.is_marked and len(text) > MAX_SECTION_CHARACTERS
            ):
                return Drop(reason, f"title: {title[:100]}")
    if len(text) > MAX_WALL_CHARACTERS or signals.is_marked:
        return None
    words = f"{text}\n{signals.words}" if len(text) < MAX_SECTION_CHARACTERS else text
    for reason, pattern in ((DropReason.BLOCKED, _BLOCKED), (DropReason.SCRIPT_REQUIRED, _SCRIPT)):
        match = pattern.search(words) if len(text) < MAX_SECTION_CHARACTERS else None
        if match:
            return Drop(reason, match[0][:100])
    phrases = {match[0].lower() for match in _CONSENT.finditer(words)}
    if len(phrases) >= MIN_CONSENT_PHRASES:
        return Drop(DropReason.CONSENT_WALL, "; ".join(sorted(phrases))[:100])
    return None


def _by_shape(signals: PageSignals, title: str, text: str, url: str) -> Drop | None:
    """Judge a page by its URL, headlines and text length."""
    if url and not is_article_url(url) and not signals.is_marked:
        return Drop(DropReason.SECTION_PAGE, "URL of a root or index page")
    listed = signals.n_headlines >= MIN_LISTED_HEADLINES and not signals.is_marked
    if listed and len(text) < MAX_SECTION_CHARACTERS:
        return Drop(DropReason.SECTION_PAGE, f"{signals.n_headlines} linked headlines")
    if title and not text and not signals.is_marked:
        return Drop(DropReason.EMPTY_SHELL, f"title only: {title[:100]}")
    return None
