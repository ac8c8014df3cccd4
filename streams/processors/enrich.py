"""Apply a user's own functions, set by ``NEWS_ENRICHERS``, to an article after tagging."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from streams.errors import is_exhaustion
from streams.extensions import function_names, load_function
from streams.outcome import Emit, Outcome, Reject, RejectReason
from streams.processors.running_part import RUNNING
from streams.records import EnrichedArticle
from streams.records.record import Name

SETTING: Final = "NEWS_ENRICHERS"

MAX_BYTES: Final = 64 * 1024
"""Largest size of an article's extensions as JSON. The topic's limit is larger by this size, so
that an article of 4 MiB still fits (this project's choice)."""

MAX_DEPTH: Final = 16
"""Deepest nesting of lists and objects in extensions, which readers in other languages accept
without special settings (this project's choice)."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[Name, Any])


@dataclass(frozen=True, slots=True)
class Enricher:
    """A user's function.

    Attributes:
        name: Name in the setting, ``package.module:function``.
        function: Returns the article with more extensions, or ``None`` for no change.
    """

    name: str
    function: Callable[[EnrichedArticle], EnrichedArticle | None]


def load_enrichers(text: str) -> tuple[Enricher, ...]:
    """Import the functions that the setting names, in the same order.

    Raises:
        ExtensionError: If a function cannot be loaded.
    """
    return tuple(
        Enricher(name, load_function(name, setting=SETTING)) for name in function_names(text)
    )


def enrich(article: EnrichedArticle, enrichers: Sequence[Enricher]) -> Outcome[EnrichedArticle]:
    """Call the functions in order; each sees the extensions of those before it.

    Total but for a lack of memory or disk: an exception, a wrong result, changes outside
    `EnrichedArticle.extensions`, and extensions that are too large or nested too deeply reject the
    article; the detail names the function.

    Args:
        article: The tagged article.
        enrichers: Functions from `load_enrichers`.
    """
    extensions = b"{}"
    for number, enricher in enumerate(enrichers, start=1):
        # Decoded for each function: changing nested values of the argument has no effect.
        argument = msgspec.structs.replace(article, extensions=_decoder.decode(extensions))
        RUNNING.set(number)
        try:
            result = enricher.function(argument)
            if result is None:
                continue
            if problem := _problem(article, result):
                return _reject(enricher, problem)
            extensions = _encoder.encode(result.extensions)
            decoded = _decoder.decode(extensions)
        except (Exception, SystemExit) as error:  # a user's code may raise anything
            if is_exhaustion(error):
                raise  # the article is redelivered
            return _reject(enricher, f"{type(error).__name__}: {error}")
        finally:
            RUNNING.set(0)
        if len(extensions) > MAX_BYTES:
            problem = f"extensions of {len(extensions)} bytes, more than {MAX_BYTES}"
            return _reject(enricher, problem, RejectReason.TOO_LARGE)
        if _is_deeper(decoded, MAX_DEPTH):
            problem = f"extensions of more than {MAX_DEPTH} levels"
            return _reject(enricher, problem, RejectReason.TOO_LARGE)
    return Emit(msgspec.structs.replace(article, extensions=_decoder.decode(extensions)))


def _problem(article: EnrichedArticle, result: object) -> str:
    """Return the problem of a function's result; empty if it is valid."""
    if type(result) is not EnrichedArticle:
        return f"returned {type(result).__name__}; return an EnrichedArticle or None"
    changed = [
        name
        for name in EnrichedArticle.__struct_fields__
        if name != "extensions" and getattr(result, name) != getattr(article, name)
    ]
    return f"changed {', '.join(changed)}; only extensions may be changed" if changed else ""


def _is_deeper(value: Any, levels: int) -> bool:
    """Return whether lists and objects are nested more deeply than a number of levels."""
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(part, levels - 1) for part in parts)


def _reject(
    enricher: Enricher, problem: str, reason: RejectReason = RejectReason.ENRICHER_FAILED
) -> Reject:
    return Reject(reason, f"enricher {enricher.name}: {problem}")
