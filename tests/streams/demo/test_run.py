"""The end of the demonstration: every article has ended and, if it is to be routed, was."""

from typing import Any

import pytest

from streams.demo.report import ArticleResult
from streams.demo.run import _add_route, _complete
from streams.records import Change
from tests.support.builders import duplicate_article, enriched_article


@pytest.mark.parametrize(
    ("end", "routes", "complete"),
    [
        (None, [], False),
        (enriched_article(), [], False),
        (enriched_article(), ["a"], True),
        (duplicate_article(), [], False),
        (duplicate_article(), ["copies"], True),
        (duplicate_article(change=Change.UNCHANGED), [], True),
    ],
    ids=["on its way", "to be routed", "routed", "copy", "routed copy", "unchanged"],
)
def test_demonstration_completes_when_all_articles_have_arrived(
    end: Any, routes: list[str], *, complete: bool
) -> None:
    ways = {
        "a": ArticleResult("done", duplicate_article(), ["copies"]),
        "b": ArticleResult("it", end, routes),
    }

    assert _complete(ways) is complete


def test_demonstration_counts_a_redelivered_record_once() -> None:
    way, received = ArticleResult("it"), {"a": list[str]()}

    for _ in range(2):
        _add_route(way, "a", enriched_article(title="Rain"), received)

    assert (way.routes, received) == (["a"], {"a": ["Rain"]})
