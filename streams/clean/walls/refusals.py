"""Name what the sentences of a wall ask or say."""

from collections.abc import Iterable
from typing import Final

from streams.clean.walls.phrases import REFUSALS, has_senses
from streams.clean.walls.vocabulary import Sense
from streams.outcome import DropReason

MIN_CONSENT_SENTENCES: Final = 2
"""Fewest sentences about consent, one of them in the host's name; a notice has one."""

_TO_READER: Final = Sense.READER | Sense.ERROR | Sense.WAIT
"""Senses of a sentence that speaks to the reader."""


def reason_of_sentences(
    said: Iterable[tuple[str, Sense]],
) -> tuple[DropReason | None, str]:
    """Return what sentences of a wall say together, and the sentence that says it best.

    Args:
        said: Sentences with their senses (`streams.clean.walls.phrases.wall_senses`).

    Returns:
        The reason and a sentence; None and "" if they have a wall's words, but refuse nothing.

    Examples:
        >>> from streams.clean.walls.phrases import wall_senses
        >>> ask = "Please enable JavaScript to continue using this site."
        >>> reason_of_sentences([(ask, wall_senses(ask))])[0].value
        'script_required'
    """
    sentences = list(said)
    whole = Sense(0)
    for _, senses in sentences:
        whole |= senses
    consent = [sentence for sentence, senses in sentences if Sense.CONSENT in senses]
    if len(consent) >= MIN_CONSENT_SENTENCES and Sense.HOST in whole:
        return DropReason.CONSENT_WALL, consent[0]
    for sentence, senses in sentences:
        reason = _reason_of(senses, whole)
        if reason is not None:
            return reason, sentence
    return None, ""


def _reason_of(senses: Sense, whole: Sense) -> DropReason | None:
    if has_senses(senses, Sense.SCRIPT | Sense.SWITCH):
        return DropReason.SCRIPT_REQUIRED
    if has_senses(senses, Sense.HUMAN | Sense.VERIFY):
        return DropReason.BLOCKED
    if not whole & _TO_READER:
        return None
    if any(has_senses(senses, pair) for pair in REFUSALS):
        return DropReason.BLOCKED
    if has_senses(senses, Sense.PAGE | Sense.MISSING):
        return DropReason.NOT_FOUND
    is_outage = Sense.OUTAGE in senses and bool(senses & (Sense.ERROR | Sense.WAIT | Sense.PAGE))
    return DropReason.BLOCKED if is_outage or _asks_to_log_in(senses) else None


def _asks_to_log_in(senses: Sense) -> bool:
    return has_senses(senses, Sense.LOGIN | Sense.PROCEED)
