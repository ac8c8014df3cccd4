"""Build the word table of the tagger: streams/tag/data/words.txt.xz.

    python tools/build_words.py

The source is spacy-lookups-data (MIT): Brown clusters and log-probabilities of English
word forms. One line per form: the form, its cluster in hexadecimal, and a letter
from a to e: how much more often it is written with a capital than without.
"""

import gzip
import importlib.util
import json
import lzma
from pathlib import Path

from kb.words import Words

OUT = Path(__file__).parents[1] / "streams" / "tag" / "data" / "words.txt.xz"
BOUNDS = (-3.0, -1.0, 1.0, 3.0)
"""Limits between the letters, in natural logarithms of the ratio of capital to lower case."""
RAREST = -18.3
"""Forms rarer than this in both spellings are left out: 1 in 88 million words."""


def main() -> None:
    """Read the sources, select the forms, and write the table."""
    words = Words()
    spec = importlib.util.find_spec("spacy_lookups_data")
    folder = Path(spec.origin).parent / "data"
    clusters = json.loads(gzip.decompress((folder / "en_lexeme_cluster.json.gz").read_bytes()))
    lines = []
    for form in sorted(set(clusters)):
        cluster = clusters[form]
        frequency = words.frequency(form)
        if not form.isprintable() or " " in form or len(form) > 30:  # noqa: PLR2004
            continue
        if (cluster and frequency > RAREST) or frequency > RAREST + 2:
            capital = words.frequency(form.capitalize()) - words.frequency(form.lower())
            letter = "abcde"[sum(capital > bound for bound in BOUNDS)]
            lines.append(f"{form}\t{cluster:x}\t{letter}")
    OUT.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(len(lines), "forms,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
