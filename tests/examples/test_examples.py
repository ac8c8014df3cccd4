"""Each example package is installed as a user would, and works in `streams try`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from streams.supervisor.supervisor import STREAMS
from tests.conftest import ROOT
from tests.support.example_packages import EXAMPLES, environment_with

pytestmark = pytest.mark.slow

NITF = EXAMPLES / "source_format_nitf" / "example.nitf"
TEXT = "The bridge over the Oder opened on Monday. " * 60


def run_streams(
    packages: Path, *words: object, **settings: object
) -> subprocess.CompletedProcess[str]:
    """Run a command and return its result."""
    return subprocess.run(
        [*STREAMS, *map(str, words)],
        env=environment_with(packages, **settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


ONE = "<nitf><body><body.head><hedline><hl1>One</hl1></hedline></body.head></body></nitf>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a text of 480 words, and NITF files: valid, broken and hostile."""
    folder = tmp_path_factory.mktemp("news")
    (folder / "a.txt").write_text(TEXT)
    (folder / "b.nitf").write_bytes(NITF.read_bytes())
    (folder / "c.nitf").write_text(
        f"<all>{ONE}<nitf/>{ONE.replace('One', 'Two')}<nitf><unclosed></all>"
    )
    (folder / "secret").write_text("TOP SECRET")
    (folder / "d.nitf").write_text(
        f'<!DOCTYPE nitf [<!ENTITY x SYSTEM "{folder}/secret">]>'
        "<nitf><body><body.content><p>The text is &x; here.</p></body.content></body></nitf>"
    )
    return folder


@pytest.fixture(scope="module")
def found(example_packages: Path, folder: Path) -> list[dict[str, Any]]:
    """Return the output of `streams try` for the folder; run once, since it takes seconds."""
    done = run_streams(
        example_packages, "try", folder, "--json", enrichers="reading_time:reading_time"
    )
    assert done.returncode == 1, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_reading_time_is_added(found: list[dict[str, Any]]) -> None:
    assert (found[0]["outcome"], found[0]["extensions"]) == ("new", {"reading_minutes": 2})


def test_nitf_is_read(found: list[dict[str, Any]]) -> None:
    article = found[1]

    assert (article["source"], article["title"]) == (
        "example-wire",
        "Germany and Poland reopen a bridge over the Oder",
    )
    assert article["url"] == "https://wire.example/2026/03/02/bridge-reopens"
    assert article["published"]["time"] == "2026-03-02T08:15:00Z"
    assert [author["name"] for author in article["authors"]] == ["Ann Example"]
    assert article["text"].startswith("The bridge between Germany and Poland opened")
    assert "cables & the whole" in article["text"]


def test_several_nitf_are_read_up_to_broken_one(found: list[dict[str, Any]], folder: Path) -> None:
    path = folder / "c.nitf"
    one, empty, two, broken = found[2:6]

    assert (one["title"], two["title"]) == ("One", "Two")
    assert empty["detail"] == f"{path}:2: neither hl1, title nor body.content"
    assert broken["reason"] == "unreadable_body"
    assert broken["detail"].startswith(f"{path}:4: XMLSyntaxError: Opening and ending tag")
    assert broken["detail"].endswith("(news-streams-nitf 0.1.0); the rest was not read")


def test_nitf_fetches_and_resolves_nothing(found: list[dict[str, Any]]) -> None:
    assert found[6]["text"].startswith("The text is")
    assert "TOP SECRET" not in json.dumps(found)


@pytest.mark.parametrize("command", ["try seeds", "worker tag", "run"])
def test_invalid_enricher_is_refused_at_start(
    example_packages: Path, tmp_path: Path, command: str
) -> None:
    done = run_streams(
        example_packages,
        *command.split(),
        enrichers="reading_time:reading_tim",
        broker="127.0.0.1:1",
        data=tmp_path,
    )

    assert done.returncode == 2
    assert done.stderr.endswith(
        "streams: setting NEWS_ENRICHERS: 'reading_time:reading_tim': module 'reading_time' has "
        "no 'reading_tim'; correct the name\n"
    )


def test_unknown_file_extension_is_refused_with_formats(
    example_packages: Path, folder: Path
) -> None:
    done = run_streams(example_packages, "try", folder / "secret")

    assert done.returncode == 2
    assert ".nitf, .nitf.gz, .nitf.xz" in done.stderr
