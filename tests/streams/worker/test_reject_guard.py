"""A stage alarms when too large a share of the latest records is rejected, and names sources."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.worker.reject_guard import MIN_RECORDS, RECENT, RejectGuard


def guard(*verdicts: tuple[bool, int], limit: float = 0.5) -> RejectGuard:
    """Return a guard that has counted each verdict this number of times."""
    found = RejectGuard(limit)
    for rejected, times in verdicts:
        for _ in range(times):
            found.note(rejected=rejected)
    return found


def test_guard_tolerates_a_burst_at_first() -> None:
    assert not guard((True, RECENT - 1)).tripped


def test_guard_trips_only_above_its_limit() -> None:
    assert [guard((False, RECENT - n), (True, n)).tripped for n in (500, 501)] == [False, True]


def test_guard_forgets_old_records() -> None:
    found = guard((True, RECENT), (False, RECENT // 2))

    assert (found.share, found.tripped) == (0.5, False)


@settings(max_examples=10)
@given(st.lists(st.booleans(), min_size=RECENT, max_size=RECENT + 50))
def test_share_is_of_the_latest_records(verdicts: list[bool]) -> None:
    found = guard(*((verdict, 1) for verdict in verdicts))

    assert found.share == sum(verdicts[-RECENT:]) / RECENT


def test_guard_names_the_worst_sources() -> None:
    found = RejectGuard(0.5)
    for number in range(RECENT):
        found.note(f"blog-{number % 7}" if number % 2 else "wire", rejected=number % 2 == 0)
    for _ in range(10):
        found.note("", rejected=True)

    assert found.problem().startswith(
        "50% of the last 1,000 records rejected (wire: 495, no source"
    )


def test_guard_tells_bad_sources_from_good_ones() -> None:
    found = RejectGuard(0.5)
    for number in range(RECENT):
        found.note("bad" if number % 5 == 0 else "good", rejected=number % 5 == 0)

    bad = {source: found.is_bad(source) for source in ("bad", "good", "unseen")}

    assert bad == {"bad": True, "good": False, "unseen": False}


def test_source_is_not_bad_for_its_first_rejects() -> None:
    found = guard((True, MIN_RECORDS - 1))

    assert not found.is_bad("")


@given(st.lists(st.text(max_size=3), max_size=20).map(lambda names: names * 80))
@settings(max_examples=20)
def test_guard_holds_only_the_latest_sources(names: list[str]) -> None:
    found = RejectGuard(0.5)
    for name in names:
        found.note(name, rejected=True)

    assert found._rejected_by_source == found._seen_by_source
    assert found._seen_by_source.total() == min(len(names), RECENT)
    assert set(found._seen_by_source) == set(names[-RECENT:])
