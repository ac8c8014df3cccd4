"""A folder with the packages that an install of some extras would have, and no others.

The packages are links to those of this environment: nothing is downloaded, and a missing package is
really missing, for ``find_spec`` too.
"""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = {
    name: wanted for name, wanted in PROJECT["optional-dependencies"].items() if name != "all"
}


def needed(requirements: Iterable[str]) -> set[str]:
    """Return the names of the distributions that pip would install for requirements."""
    todo = [Requirement(requirement) for requirement in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement = todo.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for line in metadata.requires(name) or []:
            other = Requirement(line)
            scopes = [{"extra": extra} for extra in ("", *extras)]
            if other.marker is None or any(other.marker.evaluate(scope) for scope in scopes):
                todo.append(other)
    return {name for name, _ in seen}


def install(folder: Path, wheel: Path, *extras: str) -> Path:
    """Link an unpacked wheel, and the packages it needs with some extras, into a folder."""
    for top in wheel.iterdir():
        (folder / top.name).symlink_to(top)
    wanted = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    for name in needed(wanted):
        found = metadata.distribution(name)
        tops = {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}
        for top in tops:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))).resolve())
    return folder


def run_installed(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with the packages of a folder, and no others."""
    return subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(folder),
            "NEWS_DATA": str(folder / "data"),
            **environment,
        },
    )


COMMANDS = """
import contextlib, io, json, sys
from streams.cli.main import main

for line in sys.argv[1:]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(line.split())
        except SystemExit as ended:
            code = ended.code or 0
        except Exception as error:
            code = 1
            print(repr(error), file=sys.stderr)
    print(json.dumps([line, code, out.getvalue(), err.getvalue()]))
"""


class Ended(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str


def run_commands(folder: Path, *lines: str) -> dict[str, Ended]:
    """Run commands one after the other in one process, with the packages of a folder.

    Their broker refuses connections: a command that connects has imported what it needs.
    """
    ended = run_installed(folder, "-c", COMMANDS, *lines, NEWS_BROKER="127.0.0.1:1")
    assert ended.returncode == 0, ended.stderr
    results = [json.loads(line) for line in ended.stdout.splitlines()]
    return {line: Ended(*rest) for line, *rest in results}
