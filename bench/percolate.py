"""Measure the time of many saved searches for one article: ``python -m bench.percolate``.

The searches are like those of users, made of the words in Reuters-21578, each as frequent as its
rank says; the articles are of the same stream. For the first articles, the percolator's results
are compared with those of evaluating every search, and of a peer (SQLite FTS5, see
`bench.percolate_fts`). The figure is CPU time of the thread, so that other load of the machine
does not count.

Measured 2026-11-22, µs an article (p50, p99; evaluating every one; SQLite for those it can
express): on a core of a busy machine 1,000 searches 92 (66, 450; 956), 10,000 searches 347 (248,
1,789; 11,472); with 13 to 30 processes waiting for two cores 1,000 searches 149 (101, 759; 1,482;
18,226 for 946), 10,000 searches 668 (493, 3,068; 19,220; 170,786 for 9,459), 100,000 searches 4,564
(3,374, 21,428; 157,278; 970,804 for 95,010). All compared results were the same.
"""

import json
import lzma
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.percolate_fts import FullTextSearch
from streams.records import EnrichedArticle, Language, PublicationTime, article_id
from streams.route.match.evaluate import compile_query
from streams.route.match.facts import ArticleFacts, article_facts
from streams.route.match.percolator import LEARNED_ARTICLES, Percolator
from streams.route.query.ast import Query
from streams.route.query.normalize import normalized_words
from streams.route.search_query import parse_search

STREAM = Path(__file__).parents[2] / "shared/evals/replay/reuters-21578.jsonl.xz"
N_ARTICLES = 3000
N_COMPARED = 50


def stream() -> Iterator[EnrichedArticle]:
    """Yield the articles of the stream, in order."""
    with lzma.open(STREAM, "rt") as file:
        for line in file:
            item = json.loads(line)
            if not item["published"]:
                continue
            time_ = datetime.fromisoformat(item["published"]).astimezone(UTC)
            name = article_id(source="reuters", external_id=str(item["id"]))
            yield EnrichedArticle(
                id=name,
                group_id=name,
                source="reuters",
                fetched=time_,
                published=PublicationTime(time=time_),
                title=item["title"],
                text=item["text"],
                language=Language(code="en", confidence=1.0),
            )


def searches(articles: list[EnrichedArticle], count: int, seed: int = 7) -> dict[str, str]:
    """Return invented searches: phrases, conjunctions, alternatives, near words, prefixes."""
    chance = random.Random(seed)  # noqa: S311  # not a secret
    texts = [normalized_words(f"{article.title} {article.text}") for article in articles]
    frequency = Counter(word for text in texts for word in set(text) if word.isalpha())
    # Users search for words that are neither in every tenth article nor in only one.
    known = [w for w, n in frequency.items() if len(w) > 3 and 2 <= n <= len(texts) // 20]  # noqa: PLR2004
    weights = [frequency[word] ** 0.5 for word in known]

    def word() -> str:
        return chance.choices(known, weights)[0]

    def phrase() -> str:
        while True:
            text = chance.choice(texts)
            place = chance.randrange(max(1, len(text) - 2))
            found = [one for one in text[place : place + 2] if len(one) > 4 and one.isalpha()]  # noqa: PLR2004
            if len(found) == 2:  # noqa: PLR2004
                return " ".join(found)

    kinds: list[tuple[int, Callable[[], str]]] = [
        (20, lambda: f'"{phrase()}"'),
        (15, lambda: f'"{word()}"'),
        (20, lambda: f'"{word()}" and "{word()}"'),
        (
            15,
            lambda: f'("{word()}" or "{word()}") and ("{word()}" or "{word()}") and not "{word()}"',
        ),
        (10, lambda: f'"{word()}" near/5 "{word()}"'),
        (5, lambda: f'"{phrase()}"~2 and language:en'),
        (5, lambda: f'title:"{word()}" and not title:"{word()}"'),
        (5, lambda: f'{word()[:6]}* and "{word()}"'),
        (5, lambda: f'source:reuters and "{word()}" and published:1987'),
    ]
    makers = chance.choices([make for _, make in kinds], [share for share, _ in kinds], k=count)
    return {f"s{number}": make() for number, make in enumerate(makers)}


def measure(count: int, articles: list[EnrichedArticle]) -> None:
    """Print a row of the table."""
    queries = {name: parse_search(text) for name, text in searches(articles, count).items()}
    started = time.thread_time()
    percolator = Percolator()
    for name, query in queries.items():
        percolator.put(name, query)
    built = time.thread_time() - started
    for article in articles[: LEARNED_ARTICLES + count // 20 + 1]:
        percolator.matching(article_facts(article))  # adapts, and indexes searches again
    taken, n_found = [], 0
    facts_taken = []
    for article in articles:
        started = time.thread_time()
        facts = article_facts(article)
        between = time.thread_time()
        n_found += len(percolator.matching(facts))
        taken.append((time.thread_time() - between) * 1e6)
        facts_taken.append((between - started) * 1e6)
    some = articles[: max(5, min(N_COMPARED, 500_000 // count))]
    naive = compare(percolator, queries, [article_facts(one) for one in some])
    peer, n_peer = compare_peer(percolator, queries, some)
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"{count:>9,} {statistics.mean(taken):>8.0f} {cuts[49]:>8.0f} {cuts[98]:>8.0f}"
        f" {naive:>10.0f} {peer:>10.0f} {n_peer:>8,} {n_found / len(articles):>8.1f} {built:>8.2f}"
        f" {statistics.mean(facts_taken):>8.0f}"
    )


def compare(
    percolator: Percolator, queries: dict[str, Query], articles: list[ArticleFacts]
) -> float:
    """Evaluate every search and check for the same results; return µs per article."""
    checks = {name: compile_query(query) for name, query in queries.items()}
    spent = 0.0
    for facts in articles:
        started = time.thread_time()
        naive = sorted(name for name, check in checks.items() if check(facts))
        spent += time.thread_time() - started
        assert percolator.matching(facts) == naive
    return spent / len(articles) * 1e6


def compare_peer(
    percolator: Percolator, queries: dict[str, Query], articles: list[EnrichedArticle]
) -> tuple[float, int]:
    """Query SQLite and check for the same results; return µs per article, and its searches."""
    peer = FullTextSearch(queries)
    spent = 0.0
    for article in articles:
        found, seconds = peer.wanting(article)
        spent += seconds
        ours = percolator.matching(article_facts(article))
        assert found == [name for name in ours if name in peer.names]
    return spent / len(articles) * 1e6, len(peer.names)


def main() -> None:
    """Measure 1,000, 10,000 and 100,000 searches, or the numbers in the arguments."""
    articles = [article for article, _ in zip(stream(), range(N_ARTICLES), strict=False)]
    print(f"{len(articles)} Reuters items, µs an article (title and text to words: last column)")
    print(
        " searches     mean      p50      p99  ask every    SQLite of them  matches"
        "  build s    facts"
    )
    for count in [int(one) for one in sys.argv[1:]] or [1000, 10_000, 100_000]:
        measure(count, articles)


if __name__ == "__main__":
    main()
