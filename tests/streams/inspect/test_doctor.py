from pathlib import Path

import pytest
from aiokafka import TopicPartition

from streams.extensions import CHANNELS, installed
from streams.inspect.doctor import (
    Check,
    all_checks,
    disk_check,
    extensions_checks,
    group_check,
    packages_check,
    python_check,
    rules_check,
    topics_check,
)
from streams.kafka.coverage import Coverage
from streams.kafka.topics import TopicState
from streams.records import TOPICS, topic_named
from streams.topology import CLEAN_STAGE
from tests.support.packages import install
from tests.support.refusing_broker import refusing_broker


@pytest.mark.parametrize(
    ("version", "sound"), [((3, 10, 9), False), ((3, 11, 0), True), ((4, 0, 0), True)]
)
def test_python_check_requires_3_11(version: tuple[int, int, int], *, sound: bool) -> None:
    check = python_check(version)

    assert check.sound == sound
    assert bool(check.remedy) == (not sound)


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (["typer>=0"], "all 1 in the required versions"),
        (["typer>=0", 'no-such-package; extra == "x"'], "all 1 in the required versions"),
        (["no-such-package"], "no-such-package is missing"),
        (["typer>=9999"], "expected >=9999"),
    ],
)
def test_packages_check_names_missing_and_wrong_versions(
    requirements: list[str], expected: str
) -> None:
    assert expected in packages_check(requirements).found


def test_disk_check_of_missing_folder_uses_its_parent(tmp_path: Path) -> None:
    check = disk_check(tmp_path / "not" / "yet")

    assert check.found.endswith(f"GiB free for {tmp_path / 'not' / 'yet'}")


def test_rules_check_names_invalid_line(tmp_path: Path) -> None:
    file = tmp_path / "routes.toml"
    file.write_text("[[route]]\nname = 'x'\nwhen = '('\n")

    check = rules_check(file)

    assert (check.sound, "routes.toml:3" in check.found) == (False, True)


def test_rules_check_counts_built_in_routes() -> None:
    assert rules_check(None).sound


def test_extensions_checks_is_empty_without_extensions() -> None:
    assert extensions_checks("") == []


def test_extensions_checks_names_broken_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "news-broken", {CHANNELS: {"pager": "nowhere:Pager"}})

    [check] = extensions_checks("")
    monkeypatch.undo()
    installed.cache_clear()

    assert not check.sound
    assert check.found.startswith("package news-broken 1.0: loading nowhere:Pager for ")


def test_extensions_checks_lists_loaded_extensions() -> None:
    [check] = extensions_checks("tests.support.enrichers:count_words")

    assert check.sound
    assert check.found == "tests.support.enrichers:count_words can be loaded"


async def test_all_checks_report_refused_login(tmp_path: Path) -> None:
    async with refusing_broker() as settings:
        checks = await all_checks(settings.model_copy(update={"data": tmp_path}))

    assert checks[-1] == Check(
        name="Kafka",
        sound=False,
        found=f"{settings.broker} answers: authentication failed: Invalid username or password",
        remedy="check NEWS_SASL_USERNAME, NEWS_SASL_PASSWORD and NEWS_SASL_MECHANISM",
    )


def states(**partitions: int) -> list[TopicState]:
    """Return the topics of the registry, with other numbers of partitions for some."""
    changed = {topic_named(name.replace("_", ".") + ".v1"): n for name, n in partitions.items()}
    return [TopicState(topic, changed.get(topic, topic.partitions)) for topic in TOPICS]


def test_added_partitions_are_sound() -> None:
    check = topics_check(states(articles_raw=12, articles_clean=2), n_retired=2)

    assert check.sound
    assert "articles.raw.v1 12 (created with 8)" in check.found
    assert "2 topics of removed routes" in check.found


@pytest.mark.parametrize(
    ("partitions", "remedy"),
    [
        ({"articles_raw": 3}, "`streams topics grow articles.raw.v1 8`"),
        ({"articles_memory": 3}, "set another NEWS_TOPIC_PREFIX"),
        ({"articles_raw": 3, "feeds": 9}, "`streams topics grow articles.raw.v1 8`"),
        ({"articles_raw": 0}, "`streams topics create`"),
    ],
)
def test_remedies_for_partitions_keep_records(partitions: dict[str, int], remedy: str) -> None:
    check = topics_check(states(**partitions))

    assert not check.sound
    assert remedy in check.remedy
    assert "delete" not in check.remedy


def coverage(*assigned: int, state: str = "Stable") -> Coverage:
    partitions = tuple(TopicPartition("articles.raw.v1", number) for number in range(3))
    return Coverage(
        state=state,
        members=("a",) if assigned else (),
        partitions=partitions,
        assigned=frozenset(partitions[number] for number in assigned),
    )


def test_partition_without_reader_is_named() -> None:
    check = group_check(CLEAN_STAGE, coverage(0, 2), 5)

    assert not check.sound
    assert check.found == "lag 5, consumer active; no process reads articles.raw.v1-1"
    assert "no record is lost" in check.remedy


@pytest.mark.parametrize(
    ("found", "lag", "sound"),
    [
        (coverage(0, 1, 2), 5, True),
        (coverage(0, state="PreparingRebalance"), 5, True),
        (coverage(state="Empty"), 0, True),
        (coverage(state="Empty"), 5, False),
        (coverage(state=""), 5, False),
    ],
    ids=["all read", "rebalance", "idle", "no worker", "unknown group"],
)
def test_group_is_sound_unless_records_wait(found: Coverage, lag: int, *, sound: bool) -> None:
    assert group_check(CLEAN_STAGE, found, lag).sound is sound
