"""Check whether strings crash the query language or take long: ``python -m bench.query_fuzz``.

Hypothesis generates strings (100,000, or the number in the argument): valid queries, the same with
pieces inserted, removed and exchanged, words of the language in any order, long runs of brackets
and signs, and any text. Each is parsed as a saved search. Valid ones are evaluated on random
articles and compared with a naive evaluator. The figure is CPU time of the thread, with the garbage
collector off, so that other load of the machine does not count.

Measured 2026-11-22 on a very busy machine: 4,000 strings, 990 of them searches: mean 0.22 ms, p99
1.65, most 2.6; no crash.
"""

import gc
import statistics
import sys
import time

from hypothesis import HealthCheck, Phase, given, settings

from streams.route.match.evaluate import compile_query
from streams.route.match.facts import article_facts
from streams.route.query.errors import QuerySyntaxError
from streams.route.search_query import parse_search
from tests.support.naive_query import holds
from tests.support.query_texts import is_readable, query_texts
from tests.support.strategies import articles

N_STRINGS = 100_000
LIMIT_SECONDS = 0.010


class Fuzz:
    """Counts the outcomes of the strings."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.slowest = (0.0, "")
        self.n_read = 0

    def read(self, text: str, article: object) -> None:
        """Parse a string, and evaluate it on an article."""
        started = time.thread_time()
        query = problem = None
        try:
            query = parse_search(text)
        except QuerySyntaxError as error:
            problem = error
        taken = time.thread_time() - started
        assert problem is None or is_readable(problem, text), (text, str(problem))
        self.seconds.append(taken)
        self.slowest = max(self.slowest, (taken, text))
        if query is not None:
            self.n_read += 1
            facts = article_facts(article)  # type: ignore[arg-type]  # of the strategy's type
            assert compile_query(query)(facts) is holds(query, article), text  # type: ignore[arg-type]

    def run(self, count: int) -> None:
        """Parse this number of strings."""

        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(query_texts(), articles())
        def fuzz(text: str, article: object) -> None:
            self.read(text, article)

        gc.disable()
        try:
            fuzz()
        finally:
            gc.enable()

    def summary(self) -> str:
        """Return the counts and times as text."""
        cuts = statistics.quantiles(self.seconds, n=1000)
        return (
            f"{len(self.seconds):,} strings, {self.n_read:,} of them searches; no crash; every "
            f"error readable; compiled as the naive evaluator says\n"
            f"CPU to parse: mean {statistics.mean(self.seconds) * 1e3:.2f} ms, "
            f"p50 {cuts[499] * 1e3:.2f}, p99 {cuts[989] * 1e3:.2f}, p99.9 {cuts[998] * 1e3:.2f}, "
            f"most {self.slowest[0] * 1e3:.1f} ms of {len(self.slowest[1])} characters; "
            f"above {LIMIT_SECONDS * 1e3:.0f} ms: "
            f"{sum(one > LIMIT_SECONDS for one in self.seconds)}"
        )


def main() -> None:
    """Run the fuzzer, and print its summary."""
    parse_search("bridge")  # builds the parser once per process
    count = int(sys.argv[1]) if len(sys.argv) > 1 else N_STRINGS
    fuzz = Fuzz()
    while len(fuzz.seconds) < count:  # hypothesis may end a run early
        fuzz.run(min(10_000, count - len(fuzz.seconds)))
        print(f"{len(fuzz.seconds):,} strings", file=sys.stderr)
    print(fuzz.summary())


if __name__ == "__main__":
    main()
