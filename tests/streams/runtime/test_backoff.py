"""Pauses before restarts: short at first, limited, and short again after a stable process."""

from hypothesis import given
from hypothesis import strategies as st

from streams.runtime.backoff import FIRST_SECONDS, LIMIT_SECONDS, SOUND_SECONDS, Backoff


@given(st.lists(st.floats(0, SOUND_SECONDS, exclude_max=True), max_size=30))
def test_pauses_grow_up_to_the_limit(lives: list[float]) -> None:
    backoff = Backoff()

    pauses = [backoff.after(lived_seconds=lived) for lived in lives]

    assert pauses == sorted(pauses)
    assert all(FIRST_SECONDS <= pause <= LIMIT_SECONDS for pause in pauses)


def test_limit_is_reached_and_kept() -> None:
    backoff = Backoff()

    assert [backoff.after(lived_seconds=0) for _ in range(1000)][-1] == LIMIT_SECONDS


@given(st.integers(0, 50))
def test_stable_process_resets_the_pause(n_deaths: int) -> None:
    backoff = Backoff(first_seconds=0.1)
    for _ in range(n_deaths):
        backoff.after(lived_seconds=0)

    assert backoff.after(lived_seconds=SOUND_SECONDS) == 0.1
