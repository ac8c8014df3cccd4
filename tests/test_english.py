"""Plain technical English: phrases that are not used, in documents, names, docstrings and logs.

`PHRASES` is the table; `AREAS` says where texts come from. An area is tested once it is listed in
`CLEAN`. To add a phrase, add a row; to switch an area on, add its name to `CLEAN`.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tools.reading import log_events
from tools.site_links import ROOT_PAGES
from tools.tables import walk_commands

PHRASES = {
    r"\bwhat bec[oa]mes? of\b": "what happened to",
    r"\bbe told\b|\bis told\b|\bare told\b|\btold of\b": "is notified, is reported",
    r"\bso many\b|\bso much\b": "the number of, how many",
    r"\bcomes? again\b|\bcame again\b": "is redelivered, is sent again",
    r"\blet (?:the|it|them|several|one) \w+ \w+": "name the action",
    r"\bbears? with\b": "waits for, tolerates",
    r"\bnone: ": "defaults to",
    r"\bwhoever\b|\bnobody\b|\bsomebody\b|\beverybody\b": "name the person or program",
    r"\b(?:rules|feeds|channels|tokens) (?:not )?taken over\b": "reloaded, failed to reload",
    r"\bKafka (?:is )?away\b|\bKafka there\b": "Kafka unavailable, Kafka connected",
    r"\b(?:a )?fault of ours\b": "a bug, an internal error",
    r"\bhear no more\b|\bhas spoken\b|\bnot a memory\b": "the noun of the field",
    r"\bgives? (?:it )?again for more\b": "repeatable",
    r"\bstays? as (?:it is|they are)\b": "is left unchanged",
    r"\bas it came\b|\bas they came\b": "unchanged",
    r"\bmade up for\b": "caught up",
    r"\bgoes? astray\b": "is misrouted",
    r"\bunder way\b": "in progress, running",
    r"\bmend(?:ed|s|ing)?\b": "fix, repair",
    r"\banew\b": "again, from the beginning",
    r"\bforthwith\b|\bhenceforth\b|\bthereof\b|\bhitherto\b": "a modern word",
    r"\bfor ever\b": "permanently, never changes",
    r"\bin trouble\b": "failing",
    r"\bis (?:ours|theirs|yours) to\b": "must be done by",
    r"\bswept\b": "deleted",
    r"\bTold (?:is|are)\b": "subject, verb, object",
    r" in,[^.]{1,60} out\b": "parse, return, convert",
}
"""What is not used, as a regular expression, and what to write instead."""

FIRST_LINES = {
    r"^Give(?:s|n)? ": "Return …",
    r"^Let ": "the imperative of what it does",
    r"^Tell(?:s)? ": "Return …, Report …",
    r"^Have ": "the imperative of what it does",
    r"^Say(?:s)? ": "Return …, Report …",
    r"^(?:Its|Their|Them|Which|When|It)\.$": "a noun",
    r"^\w+ed\.$": "a noun or an imperative",
}
"""What the first line of a docstring or help text does not begin with."""

NAMES = r"(?:^|_)(?:wish(?:es)?|told|said|whole|beside|nobody|becomes?|trouble)(?:_|$)"
"""Words that are not part of the name of a module, class, function or test."""

GENERATED = re.compile(r"\]\]\] -->\n.*?^<!-- \[\[\[end\]\]\] -->", re.MULTILINE | re.DOTALL)

Texts = Iterator[tuple[str, str]]
Definition = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)


def modules(folder: str = "streams") -> list[Path]:
    """Return the Python files of a folder of the repository."""
    return sorted((ROOT / folder).rglob("*.py"))


def place(path: Path, line: int = 0) -> str:
    """Return a place as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


def document_lines() -> Texts:
    """Yield the lines of the documents; generated tables belong to the areas of their sources."""
    pages = [*(ROOT / name for name in ROOT_PAGES), *sorted((ROOT / "docs").rglob("*.md"))]
    for path in pages:
        text = GENERATED.sub(lambda block: "\n" * block[0].count("\n"), path.read_text("utf-8"))
        for number, line in enumerate(text.splitlines(), start=1):
            yield place(path, number), line


@cache
def defined(path: Path) -> list[Definition]:
    """Return the module of a file and its classes and functions, parsed once for all areas."""
    found: list[Definition] = []
    # Only statements are followed: no expression defines a function with a name.
    to_do: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while to_do:
        node = to_do.pop()
        if isinstance(node, Definition):
            found.append(node)
        for field in ("body", "orelse", "handlers", "finalbody", "cases"):
            to_do += [below for below in getattr(node, field, ()) if isinstance(below, BLOCKS)]
    return found


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield the docstrings of modules, classes and functions."""
    for path in modules():
        for node in defined(path):
            if text := ast.get_docstring(node):
                yield place(path, getattr(node, "lineno", 1)), text


def help_texts() -> Texts:
    """Yield the help of commands and of their parameters."""
    for name, command in walk_commands():
        yield name, command.help or ""
        for parameter in command.params:
            if text := getattr(parameter, "help", None):
                yield f"{name} {parameter.name}", text


def logged_events() -> Texts:
    """Yield the log events."""
    for path in modules():
        for event in log_events(path):
            yield place(path), event.text


def comments() -> Texts:
    """Yield the comments."""
    for path in modules():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if comment := re.search(r"(?:^|\s)# (?!noqa|type:)(.*)", line):
                yield place(path, number), comment[1]


def definitions(folder: str) -> Texts:
    """Yield the names of modules, classes and functions."""
    for path in modules(folder):
        yield place(path), path.stem
        for node in defined(path):
            if not isinstance(node, ast.Module):
                words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.name).lower()
                yield place(path, node.lineno), words


def found(texts: Texts, patterns: dict[str, str]) -> list[str]:
    """Return a line for each text that uses a phrase."""
    return [
        f"{where}: {match[0]!r}: write {instead!r}"
        for where, text in texts
        for pattern, instead in patterns.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def first_lines(texts: Texts) -> Texts:
    """Yield the first line of each text."""
    return ((where, text.split("\n", 1)[0]) for where, text in texts)


def names_to_avoid() -> dict[str, str]:
    """Return the patterns for names: the house's own, and the glossary's words set as code."""
    glossary = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## Glossary")[2]
    rows = re.findall(r"^\| ([^|]+) \| .* \| ([^|]*)\|$", glossary, re.MULTILINE)
    return {NAMES: "a noun of the field"} | {
        rf"(?:^|_){word}s?(?:_|$)": term
        for term, avoided in rows
        for word in re.findall(r"`(\w+)`", avoided)
    }


AREAS: dict[str, Callable[[], list[str]]] = {
    "documents": lambda: found(document_lines(), PHRASES),
    "docstrings": lambda: (
        found(docstrings(), PHRASES) + found(first_lines(docstrings()), FIRST_LINES)
    ),
    "help": lambda: found(help_texts(), PHRASES) + found(first_lines(help_texts()), FIRST_LINES),
    "log events": lambda: found(logged_events(), PHRASES),
    "comments": lambda: found(comments(), PHRASES),
    "names": lambda: found(definitions("streams"), names_to_avoid()),
    "test names": lambda: found(definitions("tests"), names_to_avoid()),
}
"""Where texts come from: the name of the area, and what it finds."""

CLEAN = tuple(AREAS)
"""Areas that are clean, and tested: all of them."""


@pytest.mark.parametrize("area", CLEAN)
def test_area_uses_no_forbidden_phrase(area: str) -> None:
    assert AREAS[area]() == []


@pytest.mark.parametrize(
    ("patterns", "text"),
    [
        pytest.param(PHRASES, "Show what became of an article.", id="phrase"),
        pytest.param(PHRASES, "Bytes in, records out.", id="in-out"),
        pytest.param(FIRST_LINES, "Give the time.", id="first-line"),
        pytest.param({NAMES: ""}, "whole_app", id="name"),
    ],
)
def test_forbidden_phrases_are_found(patterns: dict[str, str], text: str) -> None:
    assert len(found(iter([("here", text)]), patterns)) == 1


def test_glossary_words_set_as_code_are_avoided_in_names() -> None:
    assert len(found(iter([("here", "clean_step")]), names_to_avoid())) == 1


@pytest.mark.parametrize("area", [area for area in AREAS if area != "documents"])
def test_areas_find_texts(area: str) -> None:
    sources: dict[str, Callable[[], Any]] = {
        "docstrings": docstrings,
        "help": help_texts,
        "log events": logged_events,
        "comments": comments,
        "names": lambda: definitions("streams"),
        "test names": lambda: definitions("tests"),
    }

    assert next(sources[area](), None) is not None
