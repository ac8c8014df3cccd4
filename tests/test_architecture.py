"""The claims of ARCHITECTURE.md that code can break: layers, topology, reasons, package."""

import ast
import os
import subprocess
import sys
import zipfile
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from streams.outcome import DropReason, RejectReason
from streams.records.topics import DEAD_LETTER, DROPPED, TOPICS
from streams.topology import STAGES, Stage
from tests.conftest import ROOT


def stage_name(stage: Stage) -> str:
    """Return the name of a stage, as a test id."""
    return stage.name


@pytest.mark.slow
def test_imports_keep_the_contracts() -> None:
    # A separate process, because import-linter configures logging again, with all its loggers.
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    command.append("--no-cache")
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("stage", STAGES, ids=stage_name)
def test_stage_reads_and_writes_registered_topics(stage: Stage) -> None:
    assert {topic for topic, _ in stage.reads} | set(stage.writes) <= set(TOPICS)


@pytest.mark.parametrize("stage", STAGES, ids=stage_name)
def test_stage_reads_records_of_its_topics(stage: Stage) -> None:
    assert all(record in topic.records for topic, record in stage.reads)


@pytest.mark.parametrize("stage", STAGES, ids=stage_name)
def test_stage_writes_the_topics_of_its_rejects_and_drops(stage: Stage) -> None:
    assert DEAD_LETTER in stage.writes
    assert (DROPPED in stage.writes) >= bool(stage.drops)


def test_every_reason_belongs_to_a_stage() -> None:
    assert {reason for stage in STAGES for reason in stage.drops} == set(DropReason)
    assert {reason for stage in STAGES for reason in stage.rejects} == set(RejectReason)


@pytest.mark.parametrize("reason", [*DropReason, *RejectReason])
def test_reason_is_a_metric_label(reason: str) -> None:
    assert reason == reason.lower()
    assert reason.replace("_", "").isalpha()


def test_consumer_groups_never_change() -> None:
    groups = {stage.app_id for stage in STAGES}

    assert groups >= {"news-clean", "news-dedupe", "news-tag", "news-route"}


def test_no_other_distribution_has_this_package() -> None:
    assert set(packages_distributions().get("streams", [])) <= {"news-streams"}


@pytest.fixture(scope="module")
def wheel(wheel_file: Path) -> set[str]:
    """Return the names of the files in the wheel."""
    with zipfile.ZipFile(wheel_file) as archive:
        return set(archive.namelist())


def shipped(folder: Path, *, under: Path) -> set[str]:
    """Return the files of a folder as paths below another, without Python's cache files."""
    return {
        str(path.relative_to(under))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_has_every_file_of_the_package(wheel: set[str]) -> None:
    assert shipped(ROOT / "streams", under=ROOT) <= wheel


def test_wheel_has_the_schemas_as_data(wheel: set[str]) -> None:
    schemas = shipped(ROOT / "schemas", under=ROOT)

    assert {f"streams/data/{name}" for name in schemas} <= wheel
    assert "schemas/asyncapi.json" in schemas


def test_wheel_exports_the_schemas_to_any_folder(wheel_file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel_file) as archive:
        archive.extractall(tmp_path / "installed")
    export = "from streams.cli.main import main; main(['schemas', 'export', 'new/folder'])"

    command = [sys.executable, "-c", export]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)

    exported = {path.name: path.read_bytes() for path in (tmp_path / "new/folder").iterdir()}
    committed = [ROOT / "schemas/asyncapi.json", *(ROOT / "schemas/json").iterdir()]
    assert exported == {path.name: path.read_bytes() for path in committed}


def test_wheel_has_no_news_of_others(wheel: set[str]) -> None:
    seeds = {path.name for path in (ROOT / "seeds").glob("*.txt")}

    assert seeds
    assert not seeds & {Path(name).name for name in wheel}


def test_wheel_is_typed_and_has_its_license(wheel: set[str]) -> None:
    licenses = {Path(name).name for name in wheel if "/licenses/" in name}

    assert "streams/py.typed" in wheel
    assert licenses >= {"LICENSE", "ATTRIBUTION.md"}


def test_wheel_has_no_other_files(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"streams"}


def test_no_public_class_name_is_defined_twice() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted((ROOT / "streams").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            match node:
                case ast.ClassDef(name=name) if not name.startswith("_"):
                    places.setdefault(name, []).append(str(path.relative_to(ROOT)))

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_imports_make_no_circle() -> None:
    modules = {module_name(path): path for path in (ROOT / "streams").rglob("*.py")}
    imports = {name: imported_modules(name, path, set(modules)) for name, path in modules.items()}

    # Raises CycleError, which names the circle, if there is one.
    order = list(TopologicalSorter(imports).static_order())

    assert sorted(order) == sorted(modules)


def module_name(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(name: str, path: Path, known: set[str]) -> set[str]:
    """The modules of this package that a module imports, also late."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            below = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= below or ({node.module} & known)
    return found - {name}
