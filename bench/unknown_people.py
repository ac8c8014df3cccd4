"""Count how many of 500 people outside of the knowledge base are wrongly linked.

Run ``make bench NAME=unknown_people ARGS=../shared/corpora/ner``. The names are those of the
labeled corpora, in news sentences with offices and countries; each name is tried as the stage
finds it by itself, and as a predefined span.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from streams.evaluate.conll import read_conll
from streams.processors.names_model import installed_tagger
from tests.support.unknown_people import unknown_people, wrongly_linked

MANY, AT_MOST = 500, 3
"""Requirement of issue 6."""


def main(arguments: Sequence[str]) -> int:
    """Print the count and the wrong links; return 1 if there are too many."""
    folder = Path(arguments[0] if arguments else "../shared/corpora/ner")
    files = sorted(folder.glob("*.conll"))
    tagger = installed_tagger()
    sentences = (s for file in files for s in read_conll(file.read_text(encoding="utf-8")))
    names = unknown_people(sentences, tagger.knowledge, MANY)
    wrong = wrongly_linked(names, tagger)
    print(f"{len(wrong)} of {len(names)} names are wrongly linked (at most {AT_MOST})")
    for name, id_, method in wrong:
        print(f"  {name}: {id_} by {method}")
    return int(len(wrong) > AT_MOST)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
