"""Train the model of `dedupe`: weights of the evidence that two texts are copies.

    python tools/train_duplicates.py ../shared/evals

The argument is the folder of development sets. Trained on webis-web, copycat, pairs of ECB+ that
were judged by reading (tools/duplicates/labels.tsv), and pairs of invented texts
(tools/duplicates/cases.py). Reuters-21578 is not among them: its pairs are the test. Writes
streams/dedupe/data/decision.json. Deterministic: the same inputs give the same weights.

With ``--pairs FOLDER`` it writes the sets as files for ``streams evaluate duplicates FILES
--cross-validate`` as well; they contain texts of the sets and must not be published.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from streams.evaluate.duplicates import Pair, read_pairs  # noqa: E402
from streams.evaluate.duplicates_training import example_of, fit  # noqa: E402
from tools.duplicates.cases import (  # noqa: E402
    announcement_pairs,
    boilerplate_pairs,
    series_pairs,
    templated_pairs,
    version_pairs,
)
from tools.duplicates.labeled import labeled_pairs  # noqa: E402

OUT = ROOT / "streams" / "dedupe" / "data" / "decision.json"
TEST = "reuters"
INPUTS = (
    "duplicates/webis-web.jsonl",
    "duplicates/copycat.jsonl",
    "stories/ecbplus-1-35.jsonl",
)


def main() -> None:
    """Read the sets, learn the weights and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=Path, help="folder for the sets as files of pairs")
    options = parser.parse_args()
    sets = read_sets(options.folder)
    if options.pairs:
        write_pairs(options.pairs, sets)
    model = fit(
        {name: [example_of(pair) for pair in pairs] for name, pairs in sets.items() if name != TEST}
    )
    content = {
        "about": "Weights of the evidence that two texts are copies: streams/dedupe/model.py. "
        "Written by tools/train_duplicates.py.",
        "license": "Apache-2.0; trained on sets under MIT and CC BY 3.0, see ATTRIBUTION.md",
        "sha256": {
            name: hashlib.sha256((options.folder / name).read_bytes()).hexdigest()
            for name in INPUTS
        },
        "pairs": {name: len(pairs) for name, pairs in sets.items() if name != TEST},
        "bias": round(model.bias, 4),
        "weights": {name: round(weight, 4) for name, weight in model.weights.items()},
    }
    OUT.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")


def read_sets(folder: Path) -> dict[str, list[Pair]]:
    """Return the pairs of each set, by its name."""
    return {
        "webis-web": list(read_pairs(folder / "duplicates/webis-web.jsonl")),
        "copycat": list(read_pairs(folder / "duplicates/copycat.jsonl")),
        "ecb": list(labeled_pairs("ecb", folder)),
        "templates": [*templated_pairs(), *announcement_pairs()],
        "boilerplate": list(boilerplate_pairs()),
        "versions": list(version_pairs()),
        "series": list(series_pairs()),
        TEST: list(labeled_pairs(TEST, folder)),
    }


def write_pairs(folder: Path, sets: Mapping[str, Sequence[Pair]]) -> None:
    """Write each set as JSON lines."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, pairs in sets.items():
        lines = (
            orjson.dumps(
                {
                    "id": pair.id,
                    "a": pair.a,
                    "b": pair.b,
                    "label": int(pair.is_copy),
                    "a_title": pair.a_title,
                    "b_title": pair.b_title,
                    "hours": pair.hours,
                },
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for pair in pairs
        )
        (folder / f"{name}.jsonl").write_bytes(b"".join(lines))


if __name__ == "__main__":
    main()
