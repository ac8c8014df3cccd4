import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rich.console import Console

from streams.cli.feeds.status import status_rows, status_table
from streams.records import FeedState, Push, PushPhase

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def state(name: str, **fields: float | datetime | bool | Push) -> FeedState:
    """The state of a feed that was polled just now."""
    given = {"last_poll": NOW, "last_success": NOW, "last_new": NOW, "usual_rate_per_day": 20.0}
    return FeedState(id=name, url="https://news.test/rss", **(given | fields))  # type: ignore[arg-type]


FEEDS = [state("a"), state("b", last_new=NOW - timedelta(days=3)), state("c", failures=5)]


def drawn(states: Sequence[FeedState] = FEEDS, **more: int) -> list[str]:
    """The table as a screen of 80 columns shows it."""
    screen = io.StringIO()
    Console(width=80, file=screen).print(status_table(states, now=NOW, **more))
    return screen.getvalue().splitlines()


def test_failing_feeds_come_first_with_duration() -> None:
    lines = drawn()

    assert lines[0].strip() == "3 feeds: 1 ok, 1 silent, 1 broken"
    assert [line.split()[:3] for line in lines[2:5]] == [
        ["b", "silent", "3"],
        ["c", "broken", "0"],
        ["a", "ok", "0"],
    ]


def test_table_has_no_more_rows_than_screen() -> None:
    assert [line.split()[0] for line in drawn(rows=1)[2:3]] == ["b"]
    assert len(drawn(rows=1)) == len(drawn()) - 2


def test_rows_notice_silence_after_last_poll() -> None:
    [row] = status_rows([FEEDS[1]], now=NOW)

    assert (row["health"], row["health_since"]) == ("silent", NOW - timedelta(days=3))


def test_hub_column_shows_time_left_or_polled() -> None:
    push = Push(hub="", topic="", phase=PushPhase.ACTIVE, expires=NOW + timedelta(days=9))
    asked = Push(hub="", topic="", phase=PushPhase.ASKED)
    states = [state("a", push=push), state("b", push=asked), state("c")]

    lines, rows = drawn(states), status_rows(states, now=NOW)

    assert lines[1].split()[-1] == "hub"
    assert [line.split()[-1] for line in lines[2:5]] == ["d", "asked", "polled"]
    assert [(row["push"], row["push_until"]) for row in rows] == [
        ("active", NOW + timedelta(days=9)),
        ("asked", None),
        (None, None),
    ]
