"""The saved inputs of the fuzz targets, replayed without the fuzzer: seconds."""

from pathlib import Path

import pytest

from tests.fuzz.targets import CORPUS, TARGETS, corpus_of

INPUTS = [(name, path) for name in TARGETS for path in corpus_of(name)]


@pytest.mark.parametrize(("name", "path"), INPUTS, ids=[f"{n}/{p.name}" for n, p in INPUTS])
def test_saved_input_raises_nothing_undocumented(name: str, path: Path) -> None:
    TARGETS[name](path.read_bytes())


def test_every_target_has_inputs() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
