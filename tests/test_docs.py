"""The documents agree with the code: names, commands, links, tables, examples, sizes."""

import ast
import hashlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cogapp import Cog
from ruamel.yaml import YAML

from streams.config.channels_file import parse_channels
from streams.config.entities import parse_entities
from streams.config.feeds import parse_feeds
from streams.config.routes_file import parse_routes
from streams.outcome import DropReason, RejectReason
from streams.records.topics import TOPICS
from streams.settings import Settings
from streams.topology import STAGES
from streams.worker.worker import Exit
from tests.conftest import ROOT
from tools.site_links import ROOT_PAGES
from tools.tables import commands, metrics_table, walk_commands

PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
DOCUMENTS = [*ROOT_PAGES, "seeds/README.md", *PAGES]
TEXTS = {name: (ROOT / name).read_text() for name in DOCUMENTS}
ALL = "\n".join(TEXTS.values())
GENERATED = [name for name, text in TEXTS.items() if "[[[cog" in text]
METRICS = re.findall(r"`(news_\w+)`", metrics_table())
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
CLICK_COMMANDS = dict(walk_commands())
INVENTED = {
    "streams/score/article.py",
    "streams/processors/score.py",
    "tests/streams/score/test_article.py",
    "streams/x/y.py",
    "tests/streams/x/test_y.py",
}
"""Paths that examples in CONTRIBUTING.md invent."""


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a document in one language."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)


def shell_commands(text: str) -> Iterator[list[str]]:
    """Yield every command of the shell blocks, as words, without comments."""
    lines = "\n".join(blocks(text, "sh"))
    lines += "\n".join(re.findall(r"^\$ (.*)", "\n".join(blocks(text, "console")), re.MULTILINE))
    lines = re.sub(r"'[^']*'", lambda quoted: quoted[0].replace("\n", " "), lines)
    for line in lines.replace("\\\n", " ").splitlines():
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # the first line of a command of several lines
            continue
        if words:
            yield words


def typed(words: list[str]) -> str:
    """Return what follows ``streams`` in a command, without what is piped to or from it."""
    if "streams" not in words:
        return ""
    line = words[words.index("streams") + 1 :]
    end = next((n for n, word in enumerate(line) if word in {"|", ">", ">>", ";", "&"}), len(line))
    return " ".join(shlex.quote(word) for word in line[:end])


def command_of(line: str) -> str:
    """Return the command that a line runs, such as ``streams feeds add``, or an empty text."""
    words = ["streams", *shlex.split(line)]
    names = (" ".join(words[:n]) for n in range(min(len(words), 4), 1, -1))
    return next((name for name in names if name in CLICK_COMMANDS), "")


QUOTED_COMMANDS = re.findall(r"`(?:NEWS_\w+=\S+ )?streams ([a-z][^`]*)`", ALL.replace("\n", " "))
STREAMS_LINES = sorted(
    {typed(words) for text in TEXTS.values() for words in shell_commands(text)}.union(
        QUOTED_COMMANDS
    )
    - {""}
)
MAKE_LINES = sorted(set(re.findall(r"(?:`|^)make ([a-z-]+)\b", ALL, re.MULTILINE)))
LINKS = sorted(
    {
        (name, link)
        for name, text in TEXTS.items()
        for link in re.findall(r"\]\(([^)\s]+)\)", text)
        if "://" not in link
    }
)
PATHS = sorted(
    {
        path
        for path in re.findall(
            r"`((?:streams|tests|tools|bench|docs|schemas|seeds)/[\w./-]*[\w/])`", ALL
        )
        if path not in INVENTED
    }
)


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document: its headings, as GitHub and mkdocs spell them, and ids."""
    text = document.read_text()
    headings = re.findall(r"^#+ (.*)", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS])
def test_every_topic_is_described(topic: str) -> None:
    assert f"| `{topic}` |" in TEXTS["ARCHITECTURE.md"]
    assert f"| `{topic}` |" in TEXTS["docs/reference/topics.md"]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    assert f"| `NEWS_{name.upper()}` |" in TEXTS["docs/reference/settings.md"]


@pytest.mark.parametrize("name", sorted({*re.findall(r"NEWS_[A-Z_]+[A-Z]", ALL)}))
def test_settings_in_documents_exist(name: str) -> None:
    others = {"NEWS_CONFIG", "NEWS_REQUIRE_KAFKA"}

    assert name.removeprefix("NEWS_").lower() in Settings.model_fields or name in others


@pytest.mark.parametrize("reason", [*DropReason, *RejectReason])
def test_every_reason_is_described(reason: str) -> None:
    assert f"| `{reason}` |" in TEXTS["docs/reference/reasons.md"]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_described(metric: str) -> None:
    assert f"| `{metric}` |" in TEXTS["docs/reference/metrics.md"]


NOT_METRICS = {
    *("news_streams", "news_driver", "news_settings"),
    *("news_headlines", "news_matrix"),  # packages of the how-to guides
}


@pytest.mark.parametrize("metric", sorted(set(re.findall(r"\b(news_[a-z_]+)", ALL)) - NOT_METRICS))
def test_metrics_in_documents_exist(metric: str) -> None:
    assert metric.removesuffix("_bucket") in METRICS


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_every_stage_is_described(stage: str) -> None:
    assert f"| `{stage}` |" in TEXTS["ARCHITECTURE.md"]
    assert f"──{stage}─" in TEXTS["README.md"]


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_described(command: str) -> None:
    assert f"\n## {command}\n" in TEXTS["docs/reference/commands.md"]


@pytest.mark.parametrize("code", list(Exit))
def test_every_exit_code_of_a_worker_is_described(code: Exit) -> None:
    assert f"| {code.value} |" in TEXTS["docs/reference/exit-codes.md"]


@pytest.mark.parametrize("line", STREAMS_LINES)
def test_commands_in_documents_exist(line: str) -> None:
    groups = {name.split()[1] for name in CLICK_COMMANDS}

    assert command_of(line) or line in groups or line in {"--help", "--version", "COMMAND --help"}


@pytest.mark.parametrize("line", [line for line in STREAMS_LINES if "--" in line])
def test_options_in_documents_exist(line: str) -> None:
    command: Any = CLICK_COMMANDS.get(command_of(line))
    known = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}

    assert {word for word in shlex.split(line) if word.startswith("--")} <= known | {
        "--help",
        "--version",
    }


@pytest.mark.parametrize("target", MAKE_LINES)
def test_make_targets_in_documents_exist(target: str) -> None:
    assert target in TARGETS


@pytest.mark.parametrize(("document", "link"), LINKS)
def test_links_resolve(document: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / document).parent / path if path else ROOT / document

    assert target.exists()
    assert not anchor or anchor in anchors(target)


@pytest.mark.parametrize("path", PATHS)
def test_quoted_paths_exist(path: str) -> None:
    assert (ROOT / path).exists()


NAMED_IN_SOURCE = sorted(
    {
        (path.relative_to(ROOT).as_posix(), document)
        for folder in ("streams", "tools", "bench")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".toml", ".md"}
        for document in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text("utf-8"))
        if document != "docs/benchmark_format.md"  # of another repository, ad-freiburg/elevant
    }
)


@pytest.mark.parametrize(("source", "document"), NAMED_IN_SOURCE)
def test_documents_named_in_source_exist(source: str, document: str) -> None:
    assert (ROOT / document).is_file(), source


@pytest.mark.slow
@pytest.mark.parametrize("document", GENERATED)
def test_generated_tables_are_fresh(document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert Cog().main(["cog", "--check", "-I", str(ROOT), document]) == 0


@pytest.mark.parametrize(
    ("document", "limit"), [("README.md", 8), ("ARCHITECTURE.md", 18), ("CONTRIBUTING.md", 10)]
)
def test_documents_stay_short(document: str, limit: int) -> None:
    assert len(TEXTS[document].encode()) <= limit * 1024


@pytest.mark.parametrize("document", [name for name in PAGES if name.startswith("docs/how-to/")])
def test_how_to_guides_fit_on_a_page(document: str) -> None:
    assert len(TEXTS[document].encode()) <= 4 * 1024


@pytest.mark.parametrize(
    "entry", re.split(r"^<a id=.*\n", TEXTS["docs/decisions.md"], flags=re.MULTILINE)[1:]
)
def test_decisions_have_their_parts(entry: str) -> None:
    lines = [line for line in entry.splitlines() if line]

    assert re.match(r"## D\d+\. ", lines[0])
    assert re.findall(r"^- \*\*(.*?)\*\*", entry, re.MULTILINE) == [
        "Date",
        "Choice",
        "Why",
        "Rejected",
        "Would change our mind",
    ]
    assert len(lines) <= 8


@pytest.mark.parametrize("number", sorted(map(int, re.findall(r"\bD(\d+)\b", ALL))))
def test_decisions_in_documents_exist(number: int) -> None:
    assert f"\n## D{number}. " in TEXTS["docs/decisions.md"]


def pages_of(nav: Any) -> Iterator[str]:
    """Yield the pages of a navigation, from the top."""
    if isinstance(nav, str):
        yield nav
    else:
        for entry in nav.values() if isinstance(nav, dict) else nav:
            yield from pages_of(entry)


NAVIGATION = list(pages_of(YAML(typ="safe").load(ROOT / "mkdocs.yml")["nav"]))


@pytest.mark.parametrize("page", NAVIGATION)
def test_pages_of_the_navigation_exist(page: str) -> None:
    assert page in ROOT_PAGES.values() or (ROOT / "docs" / page).is_file()


@pytest.mark.parametrize("page", [page.removeprefix("docs/") for page in PAGES])
def test_every_page_is_in_the_navigation(page: str) -> None:
    assert NAVIGATION.count(page) == 1


@pytest.mark.parametrize(
    "source", [block for text in TEXTS.values() for block in blocks(text, "python")]
)
def test_programs_in_documents_import_names_that_exist(source: str) -> None:
    indent = re.match(r" *", source)[0]  # type: ignore[index]  # it always matches
    program = re.sub(rf"^{indent}", "", source, flags=re.MULTILINE)
    tree = compile(program, "document", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                assert all(hasattr(import_module(module), alias.name) for alias in names)
            case ast.Attribute(value=ast.Name(id="streams"), attr=name):
                assert hasattr(import_module("streams"), name)


TOML_KINDS = {
    "[[route]]": parse_routes,
    "[[entity]]": parse_entities,
    "[[feed]]": parse_feeds,
    "contact =": parse_feeds,
    "webhook =": parse_channels,
    "email =": parse_channels,
}
"""Texts by which the kind of a TOML block is recognized, with the parser of that kind."""

OF_PACKAGES = re.compile(r"^\[project\]|^matrix =", re.MULTILINE)
"""Files of packages that how-to guides create: tests/examples runs them."""


@pytest.mark.parametrize(
    "source", [block for text in TEXTS.values() for block in blocks(text, "toml")]
)
def test_toml_in_documents_is_valid(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"env:(\w+)", source):
        values = {"DESK_SECRET": "whsec_" + "c2VjcmV0" * 4, "SLACK_URL": "slack://a/b/c"}
        monkeypatch.setenv(name, values.get(name, "smtp://user:password@mail.test:587"))

    parser = next((parse for mark, parse in TOML_KINDS.items() if mark in source), None)

    if parser:
        parser(source, file="document")
    elif not OF_PACKAGES.search(source):
        assert set(tomllib.loads(source)) <= set(Settings.model_fields)


def test_seeds_are_unchanged(seeds: Path) -> None:
    listed = re.findall(r"^[0-9a-f]{64}$", (seeds / "README.md").read_text(), re.MULTILINE)

    assert listed == [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(seeds.glob("*.txt"))
    ]
