"""Sign-offs and datelines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.metadata.agency import AGENCIES, agency_in_dateline, agency_named, agency_signing


@given(
    st.sampled_from(sorted(AGENCIES)),
    st.sampled_from(["{}", "({})", "- {}", "-{}", "[{}]", "— {}."]),
)
def test_agency_signing_accepts_every_agency_and_style(name: str, dress: str) -> None:
    line = "They met in Vienna. " + dress.format(AGENCIES[name][0])

    assert agency_signing(line) == ("They met in Vienna.", name)


@pytest.mark.parametrize(
    ("line", "rest", "agency"),
    [
        ("They met.ANI", "They met.", "ANI"),
        ("“They met.” (Reuters)", "“They met.”", "Reuters"),
        (" Reuter", "", "Reuters"),
        ("REUTER...", "", "Reuters"),
        ("(dpa/AFP)", "", "dpa"),
        ("They met. /dpa/", "They met.", "dpa"),
        ("They met. AFP/ab", "They met.", "AFP"),
        ("He works for AFP", "He works for AFP", ""),
        ("He told AFP.", "He told AFP.", ""),
        ("He said so. Anita", "He said so. Anita", ""),
        ("", "", ""),
    ],
)
def test_agency_signing_splits_sign_off(line: str, rest: str, agency: str) -> None:
    assert agency_signing(line) == (rest, agency)


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("WASHINGTON, Jan 18 (Reuters) - Talks began.", "Reuters"),
        ("New Delhi [India], January 18 (ANI): Talks began.", "ANI"),
        ("Berlin (dpa) - Die Gespräche begannen.", "dpa"),
        ("GENEVA (AP) — Talks began.", "AP"),
        ("PARIS, 18 jan 2022 (AFP) - Les discussions", "AFP"),
        ("(AFP) - Les discussions", "AFP"),
        ("SALVADOR, Feb 26 - Showers continued", ""),
        ("The talks (AP) went on.", ""),
        ("He said. Then (AP) - no", ""),
    ],
)
def test_agency_in_dateline(line: str, agency: str) -> None:
    assert agency_in_dateline(line) == agency


def test_agency_named_accepts_long_names() -> None:
    assert agency_named("Agence France-Presse") == "AFP"
