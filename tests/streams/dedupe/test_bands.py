from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.bands import BANDS, BandIndex, Keys, band_keys
from streams.dedupe.signature import shingle_hashes, signature_of


def sign(words: list[str]) -> Keys:
    return band_keys(signature_of(shingle_hashes(words)))


def test_a_band_in_another_place_is_another_key() -> None:
    keys = sign(["same"] * 50)

    assert len(set(keys.tolist())) == BANDS


@given(st.dictionaries(st.text(), st.lists(st.sampled_from("abcd"), min_size=3), min_size=1))
def test_what_was_added_is_found_by_itself_and_what_was_removed_is_not(texts) -> None:
    index = BandIndex()
    for name, words in texts.items():
        index.add(name, sign(words))
    gone = min(texts)
    index.remove(gone, sign(texts[gone]))

    found = {name for name, words in texts.items() if name in index.candidates(sign(words))}

    assert found == set(texts) - {gone}
