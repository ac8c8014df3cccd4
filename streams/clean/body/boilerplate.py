"""Recognize the parts around an article, by their names in markup and by their words."""

import re
from functools import lru_cache
from typing import Final

# fmt: off
_NEVER: Final = frozenset((
    "comment", "comments", "kommentare", "kommentar", "disqus", "coral", "livefyre", "openweb",
    "share", "sharing", "sharebar", "social", "socialmedia", "addtoany", "sharethis", "related",
    "relatedposts", "recommended", "recommendation", "recommendations", "recirc", "recirculation",
    "outbrain", "taboola", "plista", "dianomi", "revcontent", "zergnet", "newsletter",
    "newsletters", "promo", "promobox", "promotion", "crosspromo", "cookie", "cookies", "consent",
    "gdpr", "cmp", "onetrust", "usercentrics", "didomi", "breadcrumb", "breadcrumbs", "sidebar",
    "widget", "widgets", "trending", "mostread", "popular", "mostpopular", "subscribe",
    "subscription", "signup", "login", "register", "modal", "popup", "lightbox", "overlay",
    "toolbar", "menu", "submenu", "navbar", "nav", "navigation", "footer", "masthead",
    "pagination", "pager", "rating", "poll", "quiz", "survey", "carousel", "slider", "slideshow",
    "advert", "adverts", "advertisement", "advertising", "sponsor", "sponsored", "anzeige",
    "werbung", "publicidad", "publicite", "pubblicita", "tags", "taglist", "topics", "keywords",
    "hashtags", "toc", "readmore", "seealso", "readalso", "infobox", "factbox", "faktabox",
    "faktaboks", "infokasten", "aside", "donate", "donation", "feedback", "reactions", "likes",
    "skiplink", "skip", "followus", "appdownload", "whatsapp", "podcast", "audioplayer",
    "videoplayer", "player", "affiliate", "shopping", "weather", "authorbio", "caption",
    "captions", "credit", "credits", "legende", "bildunterschrift", "tweet", "instagram",
    "tiktok", "biography", "correction", "corrections", "ticker", "marketdata", "stockquote",
))
"""Words in class names and ids that no part of an article has."""

_SELDOM: Final = frozenset((
    "teaser", "teasers", "byline", "author", "authors", "autor", "autoren", "copyright",
    "copy-right", "meta", "metadata", "date", "datetime", "timestamp", "published", "pubdate",
    "source", "sources", "gallery", "image", "img", "picture", "photo", "figure", "media",
    "video", "audio", "embed", "embedded", "twitter", "facebook", "youtube", "ad", "ads", "adbox",
    "adslot", "banner", "box", "card", "cards", "more", "links", "linklist", "list-related",
    "tag", "category", "kicker", "label", "labels", "icon", "button", "buttons", "btn", "print",
    "hidden", "hide", "tooltip", "offer", "disclaimer", "note", "notice", "hint", "info", "legal",
    "bio", "profile", "contact", "form", "search", "alert", "read", "next", "prev", "previous",
    "latest", "top", "listen", "save", "bookmark", "follow", "language", "edition", "placeholder",
    "footnote", "story-list", "headlines", "fakta", "facts", "pullquote", "zitat", "live",
    "score",
))
# fmt: on
"""Words in class names and ids that mark boilerplate only on short or mostly linked parts.

References: the patterns of Mozilla Readability ("unlikely candidates") and of trafilatura's
discarding XPaths, reduced to words; words added from the pages of fundus-dev by kind of box.
"""

_BUILDER: Final = re.compile(
    r"elementor[\w-]*|(?<!\w)\w*label-+hidden|\b(?:category|tag|format|status)-[\w-]+"
)
"""Names that page builders give every part: Elementor's widgets, Drupal's labels, WordPress."""

_PLACES: Final = frozenset(("sidebar", "aside", "widget", "slider", "menu", "nav"))
_LAYOUT: Final = frozenset(
    ("grid", "layout", "with", "without", "has", "no", "main", "page", "two", "cols", "columns")
)
"""Words such as in ``sidebar-grid`` and ``page-with-sidebar``: the part contains a sidebar."""

_DISCUSSION: Final = frozenset(
    ("comment", "comments", "commentlist", "kommentare", "kommentar", "commentaires", "comentarios",
     "disqus", "respond", "replies", "responses", "reacties", "trackbacks")
)  # fmt: skip

_CONSENT: Final = frozenset(
    (
        "cookie",
        "cookies",
        "consent",
        "gdpr",
        "ccpa",
        "onetrust",
        "usercentrics",
        "didomi",
        "sourcepoint",
    )
)

_DIALOG: Final = frozenset(("dialog", "modal", "popup"))

MAX_SELDOM_CHARACTERS: Final = 350
"""Longer parts with a name of `_SELDOM` are the article in a misnamed wrapper."""

MAX_SELDOM_PARAGRAPH: Final = 60
"""The same for a single paragraph."""

_BODY: Final = re.compile(
    r"article[-_]*(?:body|text|content)|(?:story|post|entry|news)[-_]*(?:body|content|text)\b|"
    r"\bbody[-_]+(?:text|content|copy)|\brich-?text",
    re.IGNORECASE,
)
"""Names of the element around an article's text, which override all other names."""

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z](?:[A-Z](?![a-z]))*")

_AWAY: Final = re.compile(
    r"^(?:\W|\d)*(?:read (?:also|more|next|the full|on|our|here)\b|also read\b|see (?:also|more)\b|"
    r"(?:more|also) on (?:this|bbc|cnn)|more (?:from|stories|news|about|on)\b|"
    r"related (?:stories|articles|"
    r"content|news|topics|links|reading)?\b:?$|related:|recommended\b|you (?:may|"
    r"might) (?:also )?like|don.t miss|"
    r"watch(?: now| more| the video| live)?:|listen(?: now)?:|in (?:pictures|photos|video):|"
    r"sign up (?:to|for|here|now)|subscribe (?:to|for|here|now)|follow (?:us|our|the|@)|"
    r"join (?:us|our) |"
    r"click here|download (?:our|the) .{0,30}app|share this|copyright\b|©|all rights reserved|"
    r"(?:additional )?(?:reporting|writing|editing) by |we (?:and our partners )?(?:use|"
    r"store) cookies|"
    r"when you visit our website|an dieser stelle (?:findest|finden)|ich bin damit einverstanden|"
    r"personenbezogene daten|advertis(?:ement|ing)\W*$|anzeige$|werbung$|sponsored|"
    r"promoted|image (?:source|credit|caption)|"
    r"(?:photo|image|picture|video|foto|bild|fotos?|credit|crédit|quelle|bildquelle|"
    r"imagen|immagine|photograph)\s?(?:credits?|by|von|de)?\s?[:/©(]|"
    r"getty images|shutterstock|reuters/|our standards|the thomson reuters trust|"
    r"lesen sie (?:auch|hier|mehr|dazu)|lest (?:auch|hier)|(?:auch|"
    r"das könnte sie) (?:auch )?interess|mehr (?:zum|zu|über|dazu|aus|von|lesen|news|"
    r"nachrichten)\b|"
    r"weitere (?:informationen|artikel|nachrichten|themen|meldungen|news)|"
    r"(?:zum|zur|hier geht).{0,20}(?:newsletter|startseite|video|thema|ticker)|"
    r"newsletter\b|jetzt (?:lesen|abonnieren|testen|anmelden|kostenlos)|"
    r"ähnliche (?:artikel|beiträge|themen)|kommentar(?:e|ieren|\s?abgeben)\b|"
    r"fehler (?:gefunden|melden|entdeckt)|"
    r"empfehlungen|empfohlen|schlagwörter|stand:|aktualisiert (?:am|um)|veröffentlicht (?:am|um)|"
    r"dieser (?:artikel|beitrag|text) (?:ist|wurde|erschien|stammt)|dies ist eine maschinelle|"
    r"(?:à|a) lire (?:aussi|également)|lire (?:aussi|également|la suite|plus|l.article)|voir aussi|"
    r"sur le même (?:sujet|thème)|pour aller plus loin|abonnez-vous|inscrivez-vous|"
    r"le(?:e|a) (?:también|tambien|más|mas|además)|te puede interesar|más (?:información|"
    r"sobre|noticias)|"
    r"sigue (?:leyendo|a |el canal)|suscr[ií]b|noticias relacionadas|temas relacionados|"
    r"leggi (?:anche|tutt|pure|di più)|guarda (?:anche|il video)|iscriviti|articoli correlati|"
    r"lees (?:ook|meer|verder)|bekijk (?:ook|meer)|meld je aan|"
    r"les (?:også|mer|hele|videre)|læs (?:også|mere)|läs (?:också|mer|även|vidare)|"
    r"se også|lue myös|"
    r"leia (?:também|mais)|veja (?:também|mais)|saiba mais|assine|siga o|"
    r"czytaj (?:także|też|również|więcej|dalej)|zobacz (?:także|też|również)|polecamy|"
    r"читайте (?:также|далее|нас)|читать (?:далее|также)|смотрите также|подписывайтесь|по теме|"
    r"читайте також|підписуйтесь|"
    r"ayrıca (?:oku|bak)|i̇lginizi çekebilir|haberin devamı|etiketler|kaynak:|"
    r"baca juga|lihat juga|simak juga|xem thêm|đọc thêm|"
    r"関連記事|あわせて読みたい|続きを読む|有料会員|この記事は|【(?:関連|初トク)|"
    r"相关(?:新闻|阅读|报道)|责任编辑|责编|延伸阅读|아래|관련 ?기사|무단 ?전재|"
    r"اقرأ أيضا|إقرأ أيضا|شاهد أيضا)",
    re.IGNORECASE,
)
"""Beginnings of lines that lead away from the article, in the languages of the development pages.

Collected by kind (read also, newsletter, credit, advertisement) and translated, not by site.
"""

_END: Final = re.compile(
    r"^\W*+(?:comments?(?: \(?\d+\)?)?|leave a (?:comment|reply)|related (?:stories|"
    r"articles|content|news|posts)?|"
    r"most (?:read|popular|viewed)|more (?:from|stories|news|on this)\b.*+|you (?:may|"
    r"might) also like|"
    r"recommended(?: for you)?|trending(?: now)?|read next|up next|about the author|"
    r"kommentare|mehr zum thema|ähnliche (?:artikel|beiträge)|das könnte (?:sie|"
    r"dich) auch interessieren|"
    r"meistgelesen|auch interessant|weitere (?:artikel|themen|nachrichten|meldungen)|"
    r"sur le même sujet|à lire aussi|commentaires|les plus lus|"
    r"comentarios|noticias relacionadas|lo más (?:leído|visto)|te puede interesar|"
    r"commenti|articoli correlati|potrebbe interessarti.*+|reacties|lees ook|kommentarer|"
    r"comentários|leia também|комментарии|читайте также|по теме|yorumlar|ilgili haberler|"
    r"関連記事|相关(?:新闻|阅读)|관련 ?기사)\W*$",
    re.IGNORECASE,
)
"""Headings that end the article."""

SURELY_BOILERPLATE = 2
"""The highest score of `boilerplate_score`."""


@lru_cache(maxsize=16384)
def boilerplate_score(names: str) -> int:
    """Score a part of a page by its class names and id.

    Args:
        names: Class names and id, separated by spaces.

    Returns:
        2 if no part of an article has such a name, 1 if few have, 0 otherwise.

    Examples:
        >>> [boilerplate_score(n) for n in ("article-body", "story__teaser", "RelatedPosts")]
        [0, 1, 2]
    """
    if _BODY.search(names):
        return 0
    names = _BUILDER.sub(" ", names)
    words = {word.lower() for word in _WORD.findall(names)}
    never = words & _NEVER
    if never and not (never <= _PLACES and words & _LAYOUT):
        return SURELY_BOILERPLATE
    return 1 if words & _SELDOM else 0


@lru_cache(maxsize=4096)
def is_discussion(names: str) -> bool:
    """Return whether a part of a page contains comments, which may be longer than the article.

    Examples:
        >>> is_discussion("comments-area"), is_discussion("commentary")
        (True, False)
    """
    return not _DISCUSSION.isdisjoint(word.lower() for word in _WORD.findall(names))


@lru_cache(maxsize=4096)
def is_consent(names: str) -> bool:
    """Return whether a part of a page asks for consent, which may be longer than the article.

    Examples:
        >>> is_consent("onetrust-consent-sdk"), is_consent("sentence")
        (True, False)
    """
    return not _CONSENT.isdisjoint(word.lower() for word in _WORD.findall(names))


@lru_cache(maxsize=4096)
def is_dialog(names: str) -> bool:
    """Return whether a part of a page is a window over it, by its class names and id.

    Examples:
        >>> is_dialog("b-dialog x-login"), is_dialog("dialogue")
        (True, False)
    """
    return not _DIALOG.isdisjoint(word.lower() for word in _WORD.findall(names))


def leads_away(line: str) -> bool:
    """Return whether a line invites to read, watch, join or buy something else, or is a credit.

    Examples:
        >>> leads_away("Lesen Sie auch: Regen im Mai"), leads_away("Regen im Mai")
        (True, False)
    """
    return _AWAY.match(line) is not None


def ends_article(heading: str) -> bool:
    """Return whether a short line heads a part after the article: comments, related stories.

    Examples:
        >>> ends_article("Related stories"), ends_article("Related parties meet")
        (True, False)
    """
    return _END.match(heading) is not None
