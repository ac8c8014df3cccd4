"""``streams run``: its options and its lock."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cli.run import parse_scale, pipeline_lock
from streams.errors import UsageError
from streams.records import TOPICS
from streams.supervisor.pipeline import idle_processes, require_shareable
from streams.topology import STAGES

NAMES = [stage.name for stage in STAGES]


def test_parse_scale_defaults_to_one_process() -> None:
    assert parse_scale([]) == dict.fromkeys(NAMES, 1)


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 64)))
def test_parse_scale_parses_numbers(wanted: dict[str, int]) -> None:
    given_values = [f"{name}={number}" for name, number in wanted.items()]

    assert parse_scale(given_values) == dict.fromkeys(NAMES, 1) | wanted


def test_parse_scale_uses_last_value_of_stage() -> None:
    assert parse_scale(["clean=2", "clean=3"])["clean"] == 3


@pytest.mark.parametrize(
    "value",
    ["", "clean", "clean=", "clean=0", "clean=65", "clean=two", "clean=-1", "clean=²", "x=1"],
)
def test_parse_scale_refuses_other_text(value: str) -> None:
    with pytest.raises(UsageError, match=r"^--scale .*: expected STAGE=N, .* from 1 to 64$"):
        parse_scale([value])


def test_pipeline_lock_refuses_second_pipeline(tmp_path: Path) -> None:
    with (
        pipeline_lock(tmp_path),
        pytest.raises(UsageError, match="another pipeline is using"),
        pipeline_lock(tmp_path),
    ):
        pass


def test_pipeline_lock_is_released(tmp_path: Path) -> None:
    with pipeline_lock(tmp_path):
        pass

    with pipeline_lock(tmp_path):
        assert (tmp_path / "run.lock").exists()


@pytest.mark.parametrize("n_processes", [2, 64])
def test_scale_refuses_idle_processes_of_dedupe(n_processes: int) -> None:
    with pytest.raises(UsageError, match=rf"^--scale dedupe={n_processes}: dedupe works in one "):
        require_shareable(parse_scale([f"dedupe={n_processes}"]))


def test_scale_accepts_stages_that_share_partitions() -> None:
    require_shareable(parse_scale(["clean=8", "tag=3", "route=2"]))


@pytest.mark.parametrize(
    ("scale", "partitions", "sentences"),
    [
        ({"clean": 8}, {"articles.raw.v1": 8}, []),
        ({"clean": 9}, {"articles.raw.v1": 8}, ["clean: 1 of 9 processes are idle"]),
        ({"clean": 9}, {"articles.raw.v1": 16}, []),
        (
            {"route": 5},
            {"articles.enriched.v1": 2, "articles.duplicates.v1": 2},
            ["route: 1 of 5 processes are idle"],
        ),
    ],
)
def test_more_processes_than_partitions_are_named(
    scale: dict[str, int], partitions: dict[str, int], sentences: list[str]
) -> None:
    everything = dict.fromkeys((topic.name for topic in TOPICS), 8) | partitions

    found = idle_processes(scale, everything)

    assert [sentence[: len(start)] for sentence, start in zip(found, sentences, strict=True)] == (
        sentences
    )
