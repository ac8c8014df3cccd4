"""Language support in the receipt."""

import pytest

from streams.outcome import Emit
from streams.records.clean import Language
from streams.tag.article import Tagger, tag_article
from tests.support.builders import unique_article


@pytest.mark.parametrize(
    ("language", "means"),
    [
        ("en", "model and known names"),
        ("und", "model and known names"),
        ("it", "known names and full names by rule"),
        ("uk", "known names"),
    ],
)
def test_receipt_names_language_support(tagger: Tagger, language: str, means: str) -> None:
    article = unique_article(text="Roma, Київ.", language=Language(code=language, confidence=1.0))

    outcome = tag_article(article, tagger)

    assert isinstance(outcome, Emit)
    assert outcome.record.receipts[-1].evidence.endswith(f"; {means}")
