"""``streams run``: how many processes of each stage."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cli.run import only_one, parse_scale
from streams.errors import UsageError
from streams.topology import STAGES

NAMES = [stage.name for stage in STAGES]


def test_parse_scale_starts_one_process_a_stage() -> None:
    assert parse_scale([]) == dict.fromkeys(NAMES, 1)


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 64)))
def test_parse_scale_takes_what_is_given(wanted: dict[str, int]) -> None:
    given_values = [f"{name}={number}" for name, number in wanted.items()]

    assert parse_scale(given_values) == dict.fromkeys(NAMES, 1) | wanted


def test_parse_scale_takes_the_last_word_on_a_stage() -> None:
    assert parse_scale(["clean=2", "clean=3"])["clean"] == 3


@pytest.mark.parametrize(
    "value",
    ["", "clean", "clean=", "clean=0", "clean=65", "clean=two", "clean=-1", "clean=²", "x=1"],
)
def test_parse_scale_says_what_it_wants(value: str) -> None:
    with pytest.raises(UsageError, match=r"^--scale .*: say STAGE=N, .* from 1 to 64$"):
        parse_scale([value])


def test_a_second_pipeline_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(UsageError, match="runs already"), only_one(tmp_path):
        pass


def test_a_pipeline_that_has_ended_makes_room_for_the_next(tmp_path: Path) -> None:
    with only_one(tmp_path):
        pass

    with only_one(tmp_path):
        assert (tmp_path / "run.lock").exists()
