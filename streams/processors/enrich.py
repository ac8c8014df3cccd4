"""A user's own functions, applied to an article after tagging: ``NEWS_ENRICHERS``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from streams.extensions import function_names, load_function
from streams.outcome import Emit, Outcome, Reject, RejectReason
from streams.processors.running_part import RUNNING
from streams.records import EnrichedArticle
from streams.records.record import Name

SETTING: Final = "NEWS_ENRICHERS"

MAX_BYTES: Final = 64 * 1024
"""Of an article's extensions as JSON: an article of 4 MiB still fits into its topic, whose
messages may be larger by that (this project's choice)."""

MAX_DEPTH: Final = 16
"""Levels of lists and objects: what readers in other languages take without special settings
(this project's choice)."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[Name, Any])


@dataclass(frozen=True, slots=True)
class Enricher:
    """A function of the user's.

    Attributes:
        name: ``package.module:function``.
        function: Returns the article with more extensions, or None for no change.
    """

    name: str
    function: Callable[[EnrichedArticle], EnrichedArticle | None]


def load_enrichers(text: str) -> tuple[Enricher, ...]:
    """Import the functions that the setting names, in their order.

    Raises:
        ExtensionError: If one cannot be loaded.
    """
    return tuple(
        Enricher(name, load_function(name, setting=SETTING)) for name in function_names(text)
    )


def enrich(article: EnrichedArticle, enrichers: Sequence[Enricher]) -> Outcome[EnrichedArticle]:
    """Call the functions in their order; each sees the extensions of those before it.

    Total: an exception, a wrong result, other changes than in `EnrichedArticle.extensions`, and
    extensions that are too large or too deep, reject the article in the name of the function.

    Args:
        article: After tagging.
        enrichers: From `load_enrichers`.
    """
    extensions = b"{}"
    for number, enricher in enumerate(enrichers, start=1):
        # Decoded anew: what a function does to nested values of its argument changes nothing.
        given = msgspec.structs.replace(article, extensions=_decoder.decode(extensions))
        RUNNING.set(number)
        try:
            result = enricher.function(given)
            if result is None:
                continue
            if problem := _problem(article, result):
                return _reject(enricher, problem)
            extensions = _encoder.encode(result.extensions)
            decoded = _decoder.decode(extensions)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's code
            return _reject(enricher, f"{type(error).__name__}: {error}")
        finally:
            RUNNING.set(0)
        if len(extensions) > MAX_BYTES:
            what = f"extensions of {len(extensions)} bytes, more than {MAX_BYTES}"
            return _reject(enricher, what, RejectReason.TOO_LARGE)
        if _is_deeper(decoded, MAX_DEPTH):
            what = f"extensions of more than {MAX_DEPTH} levels"
            return _reject(enricher, what, RejectReason.TOO_LARGE)
    return Emit(msgspec.structs.replace(article, extensions=_decoder.decode(extensions)))


def _problem(article: EnrichedArticle, result: object) -> str:
    """Say what is wrong with the result of a function; empty: nothing."""
    if type(result) is not EnrichedArticle:
        return f"returned {type(result).__name__}; return an EnrichedArticle or None"
    changed = [
        name
        for name in EnrichedArticle.__struct_fields__
        if name != "extensions" and getattr(result, name) != getattr(article, name)
    ]
    return f"changed {', '.join(changed)}; only extensions may be changed" if changed else ""


def _is_deeper(value: Any, levels: int) -> bool:
    """Tell whether lists and objects are nested in more levels than allowed."""
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in parts)


def _reject(
    enricher: Enricher, what: str, reason: RejectReason = RejectReason.ENRICHER_FAILED
) -> Reject:
    return Reject(reason, f"enricher {enricher.name}: {what}")
