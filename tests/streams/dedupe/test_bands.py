import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.bands import BANDS, HITS, ROWS, band_keys
from streams.dedupe.memory.index import KeyArray
from streams.dedupe.minhash import minhash_signature, shingle_hashes


def keys_of(words: list[str]) -> KeyArray:
    return band_keys(minhash_signature(shingle_hashes(words)))


def test_the_same_values_in_another_band_are_another_key() -> None:
    assert len(set(keys_of(["same"] * 50).tolist())) == BANDS


def test_a_text_without_a_signature_has_no_keys() -> None:
    assert len(keys_of(["rain"])) == 0


@given(st.integers(0, 2**32 - 1))
def test_band_keys_differ_where_a_value_of_the_band_does(value: int) -> None:
    signature = np.zeros(128, dtype=np.uint32)
    other = signature.copy()
    other[ROWS * 7] = value

    differing = np.flatnonzero(band_keys(signature) != band_keys(other)).tolist()

    assert differing == ([7] if value else [])


def test_texts_near_the_threshold_share_bands_as_often_as_computed() -> None:
    chance = np.random.default_rng(3)
    found = 0
    for _ in range(300):
        signature = chance.integers(0, 2**32, 128, dtype=np.uint32)
        other = np.where(chance.random(128) < 0.6, signature, signature + 1)
        found += int((band_keys(signature) == band_keys(other)).sum() >= HITS)

    assert found >= 0.99 * 300
