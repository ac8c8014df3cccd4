"""The work of every stage and parser grows in proportion to its input, on hostile input too.

Steps are counted, not seconds: a machine under load must not decide. Three counts complete each
other. Lines of Python that run are counted by ``sys.settrace``, which finds loops over loops. What
runs in C within one call is not: searches by regular expression are proven bounded from their
patterns (`tests.support.regex_growth`). The rest, such as libraries in C, is bounded by processor
time over eight times the input, so generously that only quadratic growth (64 times) fails.
"""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import streams
from streams.records.topics import MIB
from streams.tag.article import Tagger
from tests.support.regex_growth import explosive_text
from tests.support.work import (
    FRAGMENTS,
    LARGE,
    STAGES_ON_LARGE_TEXTS,
    WORKS,
    counted_calls,
    counted_lines,
)

MAX_DOUBLED = 2.2
"""Largest growth of the work for input of twice the length."""

REVIEWED = {
    "streams.broker.diagnosis:_SEVERE": "the log of our own Kafka, its last 64 KB",
    "streams.clean.body.sentences:_LAST_LETTERS": "searched in 30 characters",
    "streams.clean.body.sentences:_LAST_WORD": "searched in 30 characters",
    "streams.clean.html.hostile:_ATTRIBUTE": "matched at the end of the last attribute only",
    "streams.cli._output.help:_MARKUP": "our own help texts",
    "streams.config.toml_edit:_VALUE": "the operator's files",
    "streams.config.toml_lines:_POSITION": "messages of the TOML parser",
    "streams.config.toml_tables:_PLACE": "messages of msgspec",
    "streams.route.query.readings:_NUMBER": "begins at the beginning of a number only",
    "streams.sources.feeds.article:_CUT_OFF": "searched in 200 characters",
    "streams.sources.feeds.discover:_HIDDEN": "ends at the end of the text if nowhere else",
    "streams.sources.feeds.discover:_NAMED_LIKE_ONE": "searched in 2,000 characters",
    "streams.sources.feeds.markup:_TAG": "a comment ends at the end of the text if nowhere else",
    "streams.sources.feeds.parsing.parse:_PAGE": "atomic groups, matched at the beginning only",
    "streams.sources.feeds.parsing.xml_markup:_TAG": "possessive, and never beyond the next <",
    "streams.sources.feeds.parsing.xml_repair:_DECLARATION": "matched at one place",
    "streams.tag.recognize.spans:_DATELINE": "matched within one span",
    "streams.text.charset:_META": "searched in the first KB",
    "streams.text.time_zones:_AFTER_NAME": "matched after each name only",
}
"""Patterns that could take quadratic time on an endless text, and why theirs is bounded."""

MAX_AUTOMATON = 600
"""Longest pattern that is examined, in characters. Longer ones are alternatives of fixed words."""


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(streams.__path__, "streams."):
        if "faust_patches" not in module.name and module.name != "streams.testing":
            yield module.name


def _anchored_names(source: str) -> set[str]:
    """Return names of patterns that are only matched at the beginning of a text, never within."""
    uses: dict[str, list[bool]] = {}
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            whole = len(node.args) == 1 and not (
                isinstance(node.args[0], ast.Subscript)
                and isinstance(node.args[0].slice, ast.Slice)
            )
            anchored = node.func.attr in {"match", "fullmatch"} and whole
            uses.setdefault(node.func.value.id, []).append(anchored)
    return {name for name, anchored in uses.items() if all(anchored)}


def _patterns() -> Iterator[tuple[str, "re.Pattern[str]", bool]]:
    """Yield every compiled pattern of a module, its place, and whether it may start anywhere."""
    seen = set()
    for name in _modules():
        module = importlib.import_module(name)
        anchored = _anchored_names(Path(module.__file__ or "").read_text(encoding="utf-8"))
        for variable, value in vars(module).items():
            values = value.values() if isinstance(value, dict) else value
            listed = values if isinstance(value, tuple | list | dict) else (value,)
            for each in listed:
                if isinstance(each, re.Pattern) and (each, variable in anchored) not in seen:
                    seen.add((each, variable in anchored))
                    yield f"{name}:{variable}", each, variable not in anchored


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_regular_expression_takes_quadratic_time() -> None:
    explosive = {
        place: text
        for place, pattern, searched in _patterns()
        if len(pattern.pattern) <= MAX_AUTOMATON
        and (text := explosive_text(pattern, searched=searched)) is not None
    }

    assert {place: text for place, text in explosive.items() if place not in REVIEWED} == {}
    assert set(REVIEWED) <= set(explosive)


@pytest.mark.parametrize(
    ("pattern", "searched", "explodes"),
    [
        pytest.param(r"\w+ \(", True, True, id="starts anywhere in a word"),
        pytest.param(r"\b\w+ \(", True, False, id="starts at a boundary"),
        pytest.param(r"\w+ \(", False, False, id="starts at the beginning"),
        pytest.param(r"\s+$", True, True, id="white space before the end"),
        pytest.param(r"(?<!\s)\s+$", True, False, id="behind a look-behind"),
        pytest.param(r"<a [^<>]*>", True, False, id="a class without its beginning"),
        pytest.param(r"<a [^>]*>", True, True, id="a class with its beginning"),
        pytest.param(r"\d{1,9}x", True, False, id="bounded"),
        pytest.param(r"\w++x", True, True, id="possessive but restarted"),
        pytest.param(r"(a+)+b", False, True, id="nested"),
        pytest.param(r"(?:a|b+)*c", False, True, id="nested in a choice"),
        pytest.param(r"\s*-?\s*x", False, True, id="neighbors"),
        pytest.param(r"\s*+-?\s*x", False, False, id="possessive neighbors"),
        pytest.param(r"a(?:\w*x)?", True, True, id="optional"),
        pytest.param(r"\d+(?:[.,]\d+)*", True, False, id="always ends"),
        pytest.param(r"a(?=\w*x)", True, True, id="within a look-ahead"),
    ],
)
def test_explosive_text_finds_quadratic_patterns(
    pattern: str,
    *,
    searched: bool,
    explodes: bool,
) -> None:
    assert (explosive_text(re.compile(pattern), searched=searched) is not None) is explodes


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", WORKS)
def test_work_at_most_doubles_with_its_input(name: str, tagger: Tagger) -> None:
    work = WORKS[name](tagger)
    work("warm the caches up")

    fixed = counted_lines(work, "")
    growth = {fragment: _growth(work, fragment, fixed) for fragment in FRAGMENTS[::2]}

    assert {f: ratio for f, ratio in growth.items() if ratio > MAX_DOUBLED} == {}


def _growth(work: Callable[[str], object], fragment: str, fixed: int) -> float:
    """Return the ratio of the lines that run for twice the input, beyond those for any."""
    single, double = (
        counted_lines(work, fragment * (size // len(fragment))) for size in (1_500, 3_000)
    )
    # Some thousand lines are noise: caches, the first word, a limit that is reached.
    return (double - fixed + 1_000) / (max(single - fixed, 0) + 1_000)


@pytest.mark.growth
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", WORKS)
def test_processor_time_is_not_quadratic(name: str, tagger: Tagger) -> None:
    work = WORKS[name](tagger)
    work("warm the caches up")

    ratios = {fragment: _time_ratio(work, fragment) for fragment in FRAGMENTS}

    assert {f: round(r) for f, r in ratios.items() if r > 30} == {}


@pytest.mark.growth
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", STAGES_ON_LARGE_TEXTS)
@pytest.mark.parametrize("kind", LARGE)
def test_stage_doubles_its_work_up_to_largest_page(name: str, kind: str, tagger: Tagger) -> None:
    work = WORKS[name](tagger)
    piece = LARGE[kind]
    work(piece)

    sizes = [MIB >> 2, MIB >> 1, MIB, 2 * MIB, 4 * MIB, 8 * MIB - 1000]
    calls = [counted_calls(work, piece * (size // len(piece))) for size in sizes]

    ratios = [double / single for single, double in pairwise(calls)]
    assert max(ratios) < MAX_DOUBLED, f"{kind}: {calls}"


def _time_ratio(work: Callable[[str], object], fragment: str) -> float:
    """Return the ratio of processor time for eight times the input, at best of three."""
    times = []
    for size in (8_000, 64_000):
        text = fragment * (size // len(fragment))
        best = float("inf")
        for _ in range(3):
            start = time.thread_time()
            work(text)
            best = min(best, time.thread_time() - start)
            if best < 0.05:
                break
        times.append(best)
    return times[1] / max(times[0], 0.01)
