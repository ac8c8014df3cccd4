"""Train the regression that finds the lines of an article on labeled pages.

    python tools/train_clean.py ../shared/evals/extraction

The argument is the folder with fundus-dev and trafilatura-eval.tar.xz. Writes
streams/clean/data/lines.json: weights, licenses and cross-validated figures. Deterministic.
No text of a page is written.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from streams.clean.body.line_features import FEATURES  # noqa: E402
from streams.evaluate.extraction_pages import gold_pages  # noqa: E402
from streams.evaluate.line_labels import (  # noqa: E402
    LabeledLines,
    fit_lines,
    lines_with_body,
    lines_with_snippets,
)
from streams.evaluate.snippets import snippet_pages  # noqa: E402

OUT = ROOT / "streams" / "clean" / "data" / "lines.json"

MADE = {
    "by": "tools/train_clean.py",
    "fundus-dev": "122 pages of flairNLP/fundus (collection and annotations MIT)",
    "trafilatura-eval": "990 pages of adbar/trafilatura (Apache-2.0)",
    "contains": "weights of language-independent features; no text of a page",
}


def labeled_lines(folder: Path) -> list[LabeledLines]:
    """Return the labeled lines of all development pages."""
    found = [lines_with_body(page) for page in gold_pages(folder / "fundus-dev")]
    for page, snippets in snippet_pages(folder / "trafilatura-eval.tar.xz"):
        found.append(lines_with_snippets(page, snippets))
    return [page for page in found if page is not None]


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    pages = labeled_lines(parser.parse_args().folder)
    scorer = fit_lines(pages)
    weights = dict(zip(FEATURES, (round(float(w), 4) for w in scorer.weights), strict=True))
    found = {"bias": round(scorer.bias, 4), "weights": weights, "made": MADE}
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
