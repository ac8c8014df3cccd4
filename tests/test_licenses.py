"""Every data file has its origin, its license and the text of the license where it is shipped."""

import hashlib
import json
import subprocess
import sys
import tarfile
import tomllib
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement

from streams.evaluate.conll import read_conll
from tests.conftest import ROOT, SHARE_ALIKE_MODEL
from tests.support.licenses import (
    Entry,
    contents,
    in_repository,
    inventory,
    license_files,
    wheel_metadata,
)
from tools.corpora import Part, checked_text, joint_license, may_train, read_parts, spdx_ids

INVENTORY = inventory()
SHARE_ALIKE = ROOT / "packages/news-streams-models-sharealike"
MODELS = {
    "wheel": ROOT / "streams/tag/data",
    "share-alike": SHARE_ALIKE_MODEL,
}
PERMISSIVE = {
    "Apache-2.0",
    "BSD-3-Clause",
    "CC-BY-2.5",
    "CC-BY-4.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "OGL-UK-3.0",
    "PDDL-1.0",
    "Unicode-3.0",
}
"""Licenses that the wheel may have: none is share-alike, non-commercial or copyleft."""


def entry_name(entry: Entry) -> str:
    """Return the name of an entry, as a test id."""
    return entry.patterns[0]


def manifest(model: str) -> dict[str, Any]:
    """Return the manifest of a model."""
    loaded: dict[str, Any] = json.loads((MODELS[model] / "names.json").read_text())
    return loaded


# --- the inventory


def test_wheel_has_no_file_without_an_entry(wheel_file: Path) -> None:
    files = [in_repository(name) for name in contents(wheel_file)]

    assert len(files) > 300
    assert [f for f in files if not any(entry.covers(f) for entry in INVENTORY)] == []


def test_no_file_has_two_entries(wheel_file: Path) -> None:
    files = [in_repository(name) for name in contents(wheel_file)]

    assert [f for f in files if sum(entry.covers(f) for entry in INVENTORY) > 1] == []


@pytest.mark.parametrize("name", ["model.xz", "names2.txt", "list.json", "page.html.j2", "key"])
def test_new_data_file_needs_an_entry(name: str) -> None:
    folders = {path.parent for path in (ROOT / "streams").rglob("*") if path.is_file()}
    new = [str((folder / name).relative_to(ROOT)) for folder in folders]

    assert not [file for file in new if any(entry.covers(file) for entry in INVENTORY)]


def test_entries_are_of_existing_files() -> None:
    patterns = [pattern for entry in INVENTORY for pattern in entry.patterns]

    assert [p for p in patterns if not next(ROOT.glob(p.replace("**.", "**/*.")), None)] == []


@pytest.mark.parametrize("entry", INVENTORY, ids=entry_name)
def test_entry_has_license_holder_and_origin(entry: Entry) -> None:
    assert canonicalize_license_expression(entry.license) == entry.license
    assert all(entry.copyright)
    assert entry.origin.endswith(".")


# --- the policy


def test_wheel_is_under_permissive_licenses_only() -> None:
    assert {id_ for entry in INVENTORY for id_ in spdx_ids(entry.license)} <= PERMISSIVE


def test_wheel_names_its_licenses_and_has_their_texts(wheel_file: Path) -> None:
    used = {id_ for entry in INVENTORY for id_ in spdx_ids(entry.license)}

    texts = {name for name in license_files(wheel_file) if name.startswith("LICENSES/")}
    expression = wheel_metadata(wheel_file)["License-Expression"]
    assert expression == " AND ".join(sorted(used, key=str.lower))
    assert texts == {f"LICENSES/{id_}.txt" for id_ in used}
    assert license_files(wheel_file) - texts == {"LICENSE", "ATTRIBUTION.md", "REUSE.toml"}


def test_license_texts_are_complete() -> None:
    texts = {path.stem: path.read_text("utf-8") for path in (ROOT / "LICENSES").iterdir()}

    assert texts["Apache-2.0"] == (ROOT / "LICENSE").read_text("utf-8")
    assert all(len(text) > 800 for text in texts.values())


def test_source_distribution_has_neither_seeds_nor_share_alike_data(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist"]
    subprocess.run([*build, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.tar.gz")

    with tarfile.open(built) as archive:
        tops = {PurePosixPath(name).parts[1] for name in archive.getnames()}

    assert tops >= {"LICENSES", "REUSE.toml", "streams", "schemas"}
    assert not tops & {"seeds", "packages", "tests"}


# --- the models


@pytest.mark.parametrize("model", MODELS)
def test_model_is_the_one_of_its_manifest(model: str) -> None:
    data = (MODELS[model] / "names.crf.xz").read_bytes()

    assert hashlib.sha256(data).hexdigest() == manifest(model)["model"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("table", ["knowledge", "words"])
def test_model_was_trained_with_the_shipped_tables(model: str, table: str) -> None:
    data = (MODELS["wheel"] / f"{table}.txt.xz").read_bytes()

    assert hashlib.sha256(data).hexdigest() == manifest(model)[table]


@pytest.mark.parametrize("model", MODELS)
def test_model_is_trained_on_all_parts_that_its_license_allows(model: str) -> None:
    allowed = [p for p in read_parts() if may_train(p, share_alike=model == "share-alike")]

    trained = [(p["file"], tuple(p["sentences"]), p["license"]) for p in manifest(model)["parts"]]

    assert trained == [(p.file, p.sentences, p.license) for p in allowed]


def test_model_of_the_wheel_has_the_licenses_of_its_parts() -> None:
    (entry,) = (e for e in INVENTORY if e.covers("streams/tag/data/names.crf.xz"))
    parts = [part for part in read_parts() if may_train(part, share_alike=False)]

    assert entry.license == manifest("wheel")["license"] == joint_license(parts)


@pytest.mark.parametrize(
    ("license_", "wheel", "share_alike"),
    [
        ("CC-BY-4.0", True, True),
        ("CC-BY-4.0 AND CC-BY-SA-3.0", False, True),
        ("MIT AND CC-BY-SA-4.0", False, True),
        ("CC-BY-NC-4.0", False, False),
        ("CC-BY-NC-SA-4.0", False, False),
        ("ODbL-1.0", False, False),
        ("LicenseRef-unknown", False, False),
        ("", False, False),
    ],
)
def test_may_train_asks_every_license(license_: str, *, wheel: bool, share_alike: bool) -> None:
    part = Part(file="", sha256="", content="", source="", license=license_)

    assert may_train(part, share_alike=False) == wheel
    assert may_train(part, share_alike=True) == share_alike


@pytest.mark.parametrize(
    "word", ["pud", "conll2003", "wikigold", "wikineural", "kind", "worldwide"]
)
def test_no_test_set_trains(word: str) -> None:
    assert [p for p in read_parts() if word in p.file or f"/{word}" in p.source.lower()] == []


def test_parts_cover_their_files_without_overlap(shared: Path) -> None:
    for _, group in groupby(read_parts(), key=lambda part: part.file):
        parts = list(group)
        n_sentences = len(list(read_conll(checked_text(parts[0], shared / "corpora/ner"))))
        starts = [part.sentences[0] for part in parts]
        ends = [part.sentences[1] or n_sentences for part in parts]

        assert [*starts, n_sentences] == [0, *ends]


@pytest.mark.parametrize(
    "file", ["ATTRIBUTION.md", "packages/news-streams-models-sharealike/ATTRIBUTION.md"]
)
def test_attribution_names_the_sources_of_the_model(file: str) -> None:
    model = "share-alike" if "sharealike" in file else "wheel"
    text = (ROOT / file).read_text("utf-8")

    assert {p["source"] for p in manifest(model)["parts"] if p["source"] not in text} == set()


# --- the share-alike package


@pytest.fixture(scope="module")
def share_alike_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the share-alike package, built without network as install.sh does."""
    folder = tmp_path_factory.mktemp("sharealike")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*build, "--directory", folder], cwd=SHARE_ALIKE, check=True, capture_output=True
    )
    (built,) = folder.glob("*.whl")
    return built


def test_share_alike_wheel_has_model_license_and_no_code(share_alike_wheel: Path) -> None:
    folder = "news_streams_models_sharealike"

    assert sorted(contents(share_alike_wheel)) == [
        f"{folder}/__init__.py",
        f"{folder}/data/names.crf.xz",
        f"{folder}/data/names.json",
    ]
    assert wheel_metadata(share_alike_wheel)["License-Expression"] == "CC-BY-SA-4.0"
    assert license_files(share_alike_wheel) == {"LICENSE", "ATTRIBUTION.md"}
    assert manifest("share-alike")["license"] == "CC-BY-SA-4.0"


def test_extra_asks_for_this_share_alike_package(share_alike_wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (line,) = project["optional-dependencies"]["models-sharealike"]
    found = wheel_metadata(share_alike_wheel)

    assert Requirement(line).name == found["Name"]
    assert Requirement(line).specifier.contains(found["Version"])
