"""What the tag stage does for an article of a language."""

TRAINED = frozenset({"en", "und"})
"""Languages the model is used for; a text too short to tell its language is taken for English."""

_LATIN = (
    "af az bs ca cs cy da de es et eu fi fo fr ga gl hr ht hu id is it lb lt lv ms mt nb nl nn no "
    "pl pt ro sk sl sq sv sw tl tr uz vi"
)
LATIN = frozenset(_LATIN.split())
"""Other languages in Latin script (Unicode CLDR), where a capital marks a name."""

MODEL = "model and known names"
RULES = "known names and full names by rule"
NAMES = "known names"


def language_support(language: str) -> str:
    """Say what a language gets, as the receipt of an article does.

    Args:
        language: Its ISO 639 code; ``und`` where it cannot be told.

    Examples:
        >>> language_support("en"), language_support("it"), language_support("uk")
        ('model and known names', 'known names and full names by rule', 'known names')
    """
    if language in TRAINED:
        return MODEL
    return RULES if language in LATIN else NAMES
