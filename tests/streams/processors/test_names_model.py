import hashlib
import json
from pathlib import Path

import pytest

from streams.extensions import MODELS, ExtensionError
from streams.inspect.doctor import model_check
from streams.processors.names_model import built_in, names_model
from streams.tag.article import DATA
from tests.support.packages import install

WORDS = hashlib.sha256((DATA / "words.txt.xz").read_bytes()).hexdigest()


def install_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch, language: str, manifest: str | None
) -> None:
    """Install a package with a model for one test; a manifest of None leaves its files out."""
    module = f"model_of_{language}"
    data = folder / module / "data"
    data.mkdir(parents=True)
    (folder / module / "__init__.py").touch()
    if manifest is not None:
        (data / "names.crf.xz").write_bytes(b"")
        (data / "names.json").write_text(manifest)
    install(folder, monkeypatch, f"model-{language}", {MODELS: {language: module}})


def test_names_model_without_package_is_that_of_the_wheel() -> None:
    assert names_model("xa") == built_in()
    assert built_in().package == ""


def test_names_model_of_installed_package_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = json.dumps({"license": "CC-BY-SA-4.0", "words": WORDS, "more": 1})
    install_model(tmp_path, monkeypatch, "xb", manifest)

    model = names_model("xb")

    assert (model.package, model.license) == ("model-xb 1.0", "CC-BY-SA-4.0")
    assert (model.folder / "names.crf.xz").is_file()
    assert model_check("xb").found == "of model-xb 1.0 (CC-BY-SA-4.0)"


@pytest.mark.parametrize(
    ("language", "manifest", "problem"),
    [
        ("xc", None, "cannot be read"),
        ("xd", "{", "cannot be read"),
        ("xe", '{"license": "MIT"}', "cannot be read"),
        ("xf", json.dumps({"license": "MIT", "words": "0" * 64}), "another release"),
    ],
)
def test_names_model_of_broken_package_is_an_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    manifest: str | None,
    problem: str,
) -> None:
    install_model(tmp_path, monkeypatch, language, manifest)

    with pytest.raises(ExtensionError, match=f"package model-{language} 1.0: .*{problem}"):
        names_model(language)
    assert not model_check(language).sound


def test_names_model_of_two_packages_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        points = {MODELS: {"xg": "json"}}
        install(tmp_path / str(number), monkeypatch, f"model-{number}", points)

    with pytest.raises(ExtensionError, match=r"model-1 1\.0 and model-2 1\.0; uninstall one"):
        names_model("xg")
