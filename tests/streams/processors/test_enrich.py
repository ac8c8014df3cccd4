"""Enrichers extend an article; their errors reject it and name the function."""

from typing import Any

import pytest

from streams.outcome import Emit, Reject, RejectReason
from streams.processors.enrich import MAX_BYTES, Enricher, enrich, load_enrichers
from streams.records import decode, encode
from streams.records.enriched import EnrichedArticle
from tests.support.builders import enriched_article

ARTICLE = enriched_article(text="It rained in Oslo.")
HERE = "tests.support.enrichers"


def extended(*names: str) -> dict[str, Any]:
    """Return the extensions after some functions."""
    outcome = enrich(ARTICLE, load_enrichers(",".join(f"{HERE}:{name}" for name in names)))
    assert isinstance(outcome, Emit), outcome
    return outcome.record.extensions


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["count_words"], {"n_words": 4}),
        (["count_words", "double"], {"n_words": 4, "doubled": 8}),
        (["nothing"], {}),
        (["count_words", "nothing"], {"n_words": 4}),
        (["count_words", "meddle"], {"n_words": 4}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_enrich_adds_extensions(names: list[str], expected: dict[str, Any]) -> None:
    assert extended(*names) == expected


def test_enrich_changes_nothing_else() -> None:
    outcome = enrich(ARTICLE, load_enrichers(f"{HERE}:count_words"))

    assert outcome == Emit(ARTICLE.with_extensions(n_words=4))


def test_enrich_without_functions_returns_the_article() -> None:
    assert enrich(ARTICLE, ()) == Emit(ARTICLE)


@pytest.mark.parametrize(
    ("name", "reason", "detail"),
    [
        ("raising", RejectReason.ENRICHER_FAILED, "ValueError: no such model"),
        ("exiting", RejectReason.ENRICHER_FAILED, "SystemExit: 3"),
        (
            "wrong_type",
            RejectReason.ENRICHER_FAILED,
            "returned dict; return an EnrichedArticle or None",
        ),
        (
            "rewriting",
            RejectReason.ENRICHER_FAILED,
            "changed title, text; only extensions may be changed",
        ),
        (
            "unserializable",
            RejectReason.ENRICHER_FAILED,
            "TypeError: Encoding objects of type object is unsupported",
        ),
        ("double", RejectReason.ENRICHER_FAILED, "KeyError: 'n_words'"),
        (
            "too_large",
            RejectReason.TOO_LARGE,
            f"extensions of 1000011 bytes, more than {MAX_BYTES}",
        ),
        ("too_deep", RejectReason.TOO_LARGE, "extensions of more than 16 levels"),
    ],
    ids=lambda value: value if str(value).isidentifier() else "",
)
def test_enrich_rejection_names_function(name: str, reason: RejectReason, detail: str) -> None:
    outcome = enrich(ARTICLE, load_enrichers(f"{HERE}:{name}"))

    assert outcome == Reject(reason, f"enricher {HERE}:{name}: {detail}")


@pytest.mark.parametrize("key", ["", "x" * 501, "\ud800"])
def test_enrich_rejects_invalid_keys(key: str) -> None:
    outcome = enrich(ARTICLE, [Enricher("a:b", lambda a: a.with_extensions(**{key: 1}))])

    assert isinstance(outcome, Reject)
    assert outcome.reason is RejectReason.ENRICHER_FAILED


@pytest.mark.parametrize("value", [None, True, 1.5, 2**63 - 1, "é", [1, [2]], {"a": {"b": []}}])
def test_enrich_keeps_any_json(value: Any) -> None:
    outcome = enrich(ARTICLE, [Enricher("a:b", lambda a: a.with_extensions(it=value))])

    assert isinstance(outcome, Emit)
    assert decode(encode(outcome.record), EnrichedArticle).extensions == {"it": value}
