"""Steps by name, as worker processes build them."""

from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.processors.build import build_processor
from streams.settings import Settings


@pytest.mark.parametrize("stage", ["clean", "route"])
def test_build_step_builds_the_step_of_a_stage(stage: str) -> None:
    assert callable(build_processor(stage, Settings()))


@pytest.mark.parametrize("stage", ["dedupe", "nope"])
def test_build_step_knows_only_stages_without_a_state(stage: str) -> None:
    with pytest.raises(KeyError, match=stage):
        build_processor(stage, Settings())


def test_build_step_refuses_rules_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        build_processor("route", Settings(routes=tmp_path / "none.toml"))
