"""Score extraction on publishers that its regression has not been trained on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from streams.clean.body.line_scorer import LineChooser, RuleChooser
from streams.evaluate.extraction import Report, report_of, summary
from streams.evaluate.extraction_pages import GoldPage, ReadPage, gold_pages, read_page
from streams.evaluate.extraction_scores import harmonic, score_page, shingles
from streams.evaluate.line_labels import (
    LabeledLines,
    fold_of,
    fold_scorers,
    lines_with_body,
    lines_with_snippets,
    publisher,
)
from streams.evaluate.snippets import Snippets, snippet_pages

N_WORST: Final = 10
"""Pages that are listed."""

MAX_EVIDENCE: Final = 90
"""Characters of the longest line that is missing or not in the labels."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Scores of the rules, and of the regression that has not seen the publisher.

    Attributes:
        rules: Pages of the set, read by the rules alone.
        learned: The same pages, each read by the regression of its fold.
        snippets: Precision, recall and F1 of the pages with snippets: rules, regression.
            Empty if there are none.
    """

    rules: Report
    learned: Report
    snippets: tuple[tuple[float, float, float], ...] = ()


def cross_validate(
    folder: Path, *, max_page_bytes: int, fetched: datetime, archive: Path | None = None
) -> Folds:
    """Train on all but one fold of publishers and score that one, for each fold.

    Args:
        folder: Set with ``gold.jsonl``.
        max_page_bytes: Largest page.
        fetched: Time after every page.
        archive: ``trafilatura-eval.tar.xz``, whose pages are trained on and scored too.
    """
    pages = list(gold_pages(folder))
    more = list(snippet_pages(archive)) if archive else []
    labeled: list[LabeledLines | None] = [lines_with_body(page) for page in pages]
    labeled += [lines_with_snippets(page, snippets) for page, snippets in more]
    scorers = list(fold_scorers(page for page in labeled if page is not None))

    def read(page: GoldPage, scorer: LineChooser) -> ReadPage:
        return read_page(page, max_page_bytes=max_page_bytes, fetched=fetched, scorer=scorer)

    def learned(page: GoldPage) -> ReadPage:
        return read(page, scorers[fold_of(publisher(page))])

    def by_rules(page: GoldPage) -> ReadPage:
        return read(page, RuleChooser())

    return Folds(
        rules=_report(pages, map(by_rules, pages)),
        learned=_report(pages, map(learned, pages)),
        snippets=(
            snippet_scores((by_rules(page), snippets) for page, snippets in more),
            snippet_scores((learned(page), snippets) for page, snippets in more),
        )
        if more
        else (),
    )


def _report(pages: Iterable[GoldPage], reads: Iterable[ReadPage]) -> Report:
    scored = zip(pages, reads, strict=True)
    return report_of((gold, read, score_page(gold, read)) for gold, read in scored)


def snippet_scores(pages: Iterable[tuple[ReadPage, Snippets]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of snippets, as trafilatura's evaluation counts them.

    Examples:
        >>> snippet_scores([(ReadPage("1", text="a b"), Snippets(("a", "c"), ("b",)))])
        (0.5, 0.5, 0.5)
    """
    found = wanted = unwanted = 0
    for read, snippets in pages:
        text = f"{read.summary}\n\n{read.text}"
        found += sum(snippet in text for snippet in snippets.wanted)
        wanted += len(snippets.wanted)
        unwanted += sum(snippet in text for snippet in snippets.unwanted)
    precision = found / (found + unwanted) if found + unwanted else 0.0
    recall = found / wanted if wanted else 0.0
    return precision, recall, harmonic(precision, recall)


def folds_summary(folds: Folds) -> dict[str, Any]:
    """Summarize in the format of ``streams evaluate extraction --cross-validate --json``."""
    return {
        "rules": summary(folds.rules),
        "learned": summary(folds.learned),
        "snippets": dict(zip(("rules", "learned"), folds.snippets, strict=False)),
        "worst": worst_pages(folds.learned),
    }


def worst_pages(report: Report) -> list[dict[str, Any]]:
    """Return the pages with the lowest F1 of the body, and the longest lines that are wrong."""
    scored = [page for page in report.pages if page[0].text]
    worst = sorted(scored, key=lambda page: page[2].body or 0.0)[:N_WORST]
    return [
        {
            "id": gold.id,
            "f1": round(scores.body or 0.0, 3),
            "precision": round(scores.precision or 0.0, 3),
            "recall": round(scores.recall or 0.0, 3),
            "missing": longest_line(gold.text, without=read.text),
            "extra": longest_line(read.text, without=gold.text),
        }
        for gold, read, scores in worst
    ]


def longest_line(text: str, *, without: str) -> str:
    r"""Return the beginning of the longest line that is mostly not in another text.

    Examples:
        >>> longest_line("one two three\nsix", without="one two three four")
        'six'
    """
    known = shingles(without)
    lines = [line for line in text.split("\n") if line.strip()]
    strange = (line for line in lines if _share(line, known, without) < 0.5)  # noqa: PLR2004
    return max(strange, key=len, default="")[:MAX_EVIDENCE]


def _share(line: str, known: Counter[tuple[str, ...]], other: str) -> float:
    found = shingles(line)
    return 1.0 if line in other else (found & known).total() / max(1, found.total())
