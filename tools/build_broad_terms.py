"""Count how many articles have a word, or a word with a prefix: streams/route/data/broad_terms.txt.

    python tools/build_broad_terms.py ../shared/evals/replay/reuters-21578.jsonl.xz

The source is Reuters-21578, of which only counts are kept: for each word, and each prefix of at
most 8 letters with a star, the share of articles that have it, in percent.
"""

import lzma
import sys
from collections import Counter
from pathlib import Path

import msgspec

from streams.route.query.normalize import normalized_words

OUT = Path(__file__).parents[1] / "streams" / "route" / "data" / "broad_terms.txt"

SHARE_FROM = 0.05
"""Rarer terms are left out."""

PREFIX_LETTERS = range(2, 9)


def main(path: str) -> None:
    """Count, and write the table, the most frequent first."""
    counts: Counter[str] = Counter()
    n_articles = 0
    with lzma.open(path) as lines:
        for line in lines:
            article = msgspec.json.decode(line)
            words = set(normalized_words(f"{article.get('title', '')} {article.get('text', '')}"))
            counts.update(words | {f"{word[:n]}*" for word in words for n in PREFIX_LETTERS})
            n_articles += 1
    shares = {term: count / n_articles for term, count in counts.items()}
    kept = sorted((-share, term) for term, share in shares.items() if share >= SHARE_FROM)
    text = "".join(f"{term}\t{-100 * share:.0f}\n" for share, term in kept)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(f"# Share in percent of {n_articles:,} articles of Reuters-21578.\n{text}")


if __name__ == "__main__":
    main(sys.argv[1])
