"""Steps by name, as worker processes build them."""

from dataclasses import replace
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.processors.build import build_processor
from streams.settings import Settings
from streams.topology import CLEAN_STAGE, DEDUPE_STAGE, ROUTE_STAGE, Stage


@pytest.mark.parametrize("stage", [CLEAN_STAGE, DEDUPE_STAGE, ROUTE_STAGE])
def test_build_step_builds_the_step_of_a_stage(stage: Stage) -> None:
    assert callable(build_processor(stage, Settings()))


def test_build_step_names_a_module_that_is_missing() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"streams\.processors\.nope"):
        build_processor(replace(CLEAN_STAGE, name="nope"), Settings())


def test_build_step_refuses_rules_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        build_processor(ROUTE_STAGE, Settings(routes=tmp_path / "none.toml"))
