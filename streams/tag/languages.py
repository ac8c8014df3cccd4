"""Report how well the tag stage supports a language."""

TRAINED = frozenset({"en", "und"})
"""Languages of the model; a text too short to detect its language is treated as English."""

_LATIN = (
    "af az bs ca cs cy da de es et eu fi fo fr ga gl hr ht hu id is it lb lt lv ms mt nb nl nn no "
    "pl pt ro sk sl sq sv sw tl tr uz vi"
)
LATIN = frozenset(_LATIN.split())
"""Other languages in Latin script (Unicode CLDR), in which capitals mark names."""

MODEL = "model and known names"
RULES = "known names and full names by rule"
NAMES = "known names"


def language_support(language: str) -> str:
    """Return how names are found in a language, as receipts record it.

    Args:
        language: ISO 639 code; ``und`` if undetermined.

    Examples:
        >>> language_support("en"), language_support("it"), language_support("uk")
        ('model and known names', 'known names and full names by rule', 'known names')
    """
    if language in TRAINED:
        return MODEL
    return RULES if language in LATIN else NAMES
