"""Processors are built by stage."""

from dataclasses import replace
from pathlib import Path

import pytest

from streams.errors import UsageError
from streams.processors.build import build_processor
from streams.settings import Settings
from streams.topology import CLEAN_STAGE, DEDUPE_STAGE, ROUTE_STAGE, Stage


@pytest.mark.parametrize("stage", [CLEAN_STAGE, DEDUPE_STAGE, ROUTE_STAGE])
def test_build_processor_of_stage(stage: Stage) -> None:
    assert callable(build_processor(stage, Settings()))


def test_build_processor_names_missing_module() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"streams\.processors\.nope"):
        build_processor(replace(CLEAN_STAGE, name="nope"), Settings())


def test_build_processor_refuses_invalid_rules(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml"):
        build_processor(ROUTE_STAGE, Settings(routes=tmp_path / "none.toml"))
