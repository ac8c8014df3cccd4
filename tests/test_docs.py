"""The documents say what is there, and nothing else: names, commands, links, tables, examples."""

import ast
import hashlib
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from cogapp import Cog
from typer.main import get_command

from streams.cli.main import app
from streams.config.routes_file import parse_routes
from streams.outcome import DropReason, RejectReason
from streams.records.topics import TOPICS
from streams.settings import Settings
from streams.topology import STAGES
from tests.conftest import ROOT
from tools.tables import commands, each_command, metrics_table

README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()
BOTH = README + ARCHITECTURE
DOCUMENTS = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "seeds/README.md",
    "schemas/README.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
]
METRICS = re.findall(r"`(news_\w+)`", metrics_table())
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def shell_commands(text: str) -> list[list[str]]:
    """Every line of the shell blocks, as words; a comment at its end left out."""
    lines = "\n".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def typed(words: list[str]) -> list[str]:
    """What follows ``streams`` in a command, without settings before it and pipes behind."""
    line = words[: words.index("|")] if "|" in words else words
    return line[line.index("streams") + 1 :] if "streams" in line else []


def options(words: list[str]) -> set[str]:
    """The options of a command."""
    known = {path[1:]: command for path, command in each_command(get_command(app))}
    command = known.get(tuple(words[:2])) or known[tuple(words[:1])]
    return {option for parameter in command.params for option in parameter.opts}


STREAMS_LINES = sorted(
    {
        " ".join(typed(words))
        for name in DOCUMENTS
        for words in shell_commands((ROOT / name).read_text())
    }
    | set(re.findall(r"`(?:NEWS_\w+=\S+ )?streams ([a-z][^`]*)`", BOTH))
)
MAKE_LINES = sorted(set(re.findall(r"(?:`|^)make ([a-z-]+)\b", BOTH, re.MULTILINE)))
LINKS = sorted(
    (name, link)
    for name in DOCUMENTS
    for link in re.findall(r"\]\(([^)#\s]+)\)", (ROOT / name).read_text())
    if "://" not in link
)
TESTS = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)::(\w+)`", BOTH)))


@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS])
def test_every_topic_is_described(topic: str) -> None:
    assert f"`{topic}`" in ARCHITECTURE


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_described(name: str) -> None:
    assert f"`NEWS_{name.upper()}`" in ARCHITECTURE


@pytest.mark.parametrize("name", sorted({*re.findall(r"NEWS_[A-Z_]+[A-Z]", BOTH)}))
def test_every_setting_in_the_documents_is_one(name: str) -> None:
    others = {"NEWS_CONFIG", "NEWS_REQUIRE_KAFKA"}

    assert name.removeprefix("NEWS_").lower() in Settings.model_fields or name in others


@pytest.mark.parametrize("reason", [*DropReason, *RejectReason])
def test_every_reason_is_described(reason: str) -> None:
    assert f"| `{reason}` |" in ARCHITECTURE


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_described(metric: str) -> None:
    assert f"| `{metric}` |" in ARCHITECTURE


@pytest.mark.parametrize("metric", sorted(set(re.findall(r"`(news_[a-z_]+)", BOTH))))
def test_every_metric_in_the_documents_is_one(metric: str) -> None:
    assert metric in METRICS


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_every_stage_is_described(stage: str) -> None:
    assert f"| `{stage}` |" in ARCHITECTURE
    assert f"-- {stage} -->" in README


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}`" in README


@pytest.mark.parametrize("line", [line for line in STREAMS_LINES if line])
def test_every_command_in_the_documents_exists(line: str) -> None:
    words = line.split()[:2]
    known = [command.split()[1:] for command in commands()]

    assert words[:1] in known or words in (known if len(words) > 1 else [one[:1] for one in known])


@pytest.mark.parametrize("line", [line for line in STREAMS_LINES if "--" in line])
def test_every_option_in_the_documents_exists(line: str) -> None:
    words = line.split()

    assert {word for word in words if word.startswith("--")} <= options(words)


@pytest.mark.parametrize("target", MAKE_LINES)
def test_every_make_target_in_the_documents_exists(target: str) -> None:
    assert target in TARGETS


@pytest.mark.parametrize(("document", "link"), LINKS)
def test_every_link_leads_somewhere(document: str, link: str) -> None:
    assert ((ROOT / document).parent / link).exists()


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_every_test_that_is_named_is_there(path: str, name: str) -> None:
    assert f"def {name}" in (ROOT / path).read_text()


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md"])
@pytest.mark.slow
def test_generated_tables_are_fresh(document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert Cog().main(["cog", "--check", "-I", str(ROOT), document]) == 0


@pytest.mark.parametrize("source", blocks(README, "python"))
def test_programs_of_the_readme_can_be_read(source: str) -> None:
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]

    for node in imports:
        exec(ast.unparse(node), {})  # noqa: S102  # the names it imports must be there
    assert len([line for line in source.splitlines() if line]) <= 12


@pytest.mark.parametrize("source", blocks(README, "toml"))
def test_rules_of_the_readme_can_be_used(source: str) -> None:
    assert [rule.name for rule in parse_routes(source, file="README.md")] == [
        route["name"] for route in tomllib.loads(source)["route"]
    ]


def test_the_seeds_are_byte_for_byte_what_was_given(seeds: Path) -> None:
    told = re.findall(r"^[0-9a-f]{64}$", (seeds / "README.md").read_text(), re.MULTILINE)

    assert told == [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(seeds.glob("*.txt"))
    ]
