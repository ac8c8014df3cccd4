import random
from collections.abc import Sequence

import numpy as np
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.minhash import (
    BANDS,
    HITS,
    PERMUTATIONS,
    ROWS,
    Keys,
    band_keys,
    minhash_signature,
    shingle_hashes,
)

WORDS = st.lists(st.sampled_from([f"w{n}" for n in range(30)]), min_size=3, max_size=60)


def estimate(one: Sequence[str], other: Sequence[str]) -> float:
    signatures = [minhash_signature(shingle_hashes(text)) for text in (one, other)]
    return float(np.mean(signatures[0] == signatures[1]))


def jaccard(one: Sequence[str], other: Sequence[str]) -> float:
    sets = [set(zip(text, text[1:], text[2:], strict=False)) for text in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def edited(words: list[str], share: float, chance: random.Random) -> list[str]:
    return [f"x{chance.random()}" if chance.random() < share else word for word in words]


@given(WORDS)
def test_signature_ignores_order_and_repetition(words: list[str]) -> None:
    hashes = shingle_hashes(words)

    assert (
        minhash_signature(np.concatenate([hashes[::-1], hashes])) == minhash_signature(hashes)
    ).all()


@given(WORDS, WORDS)
def test_signature_of_union_is_minimum(one: list[str], other: list[str]) -> None:
    first, second = shingle_hashes(one), shingle_hashes(other)

    union = minhash_signature(np.concatenate([first, second]))

    assert (union == np.minimum(minhash_signature(first), minhash_signature(second))).all()


@given(WORDS, WORDS)
def test_shingle_hashes_differ_for_different_shingles(one: list[str], other: list[str]) -> None:
    shingles = {tuple(words[i : i + 3]) for words in (one, other) for i in range(len(words) - 2)}

    hashes = np.concatenate([shingle_hashes(one), shingle_hashes(other)])

    assert len(set(hashes.tolist())) == len(shingles)


def test_signature_of_long_text_equals_that_of_parts() -> None:
    hashes = shingle_hashes([f"w{n}" for n in range(10_000)])

    parts = [minhash_signature(hashes[start : start + 3000]) for start in range(0, 10_000, 3000)]

    assert (np.minimum.reduce(parts) == minhash_signature(hashes)).all()


def test_signatures_are_stable() -> None:
    signature = minhash_signature(shingle_hashes(["the", "harbor", "bridge", "opened"]))

    assert signature[:4].tolist() == [177617275, 1338661016, 1163305740, 1035647916]


def test_estimate_error_matches_theory() -> None:
    chance = random.Random(1)  # noqa: S311  # the same texts every time
    errors = []
    for _ in range(150):
        words = [f"w{chance.randrange(5000)}" for _ in range(300)]
        copy = edited(words, chance.choice([0.02, 0.05, 0.1]), chance)
        errors.append(estimate(words, copy) - jaccard(words, copy))

    assert np.sqrt(np.mean(np.square(errors))) < 0.5 / np.sqrt(PERMUTATIONS) * 1.1
    assert abs(np.mean(errors)) < 0.01


def test_estimate_of_unrelated_texts_is_near_zero() -> None:
    one, other = ([f"{side}{n}" for n in range(500)] for side in "ab")

    assert estimate(one, other) == 0


def test_estimate_is_no_worse_than_datasketch() -> None:
    words = [f"w{n}" for n in range(300)]
    copy = edited(words, 0.05, random.Random(2))  # noqa: S311  # the same edits every time
    sketches = []
    for text in (words, copy):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([" ".join(text[i : i + 3]).encode() for i in range(len(text) - 2)])
        sketches.append(sketch)

    assert abs(estimate(words, copy) - sketches[0].jaccard(sketches[1])) < 0.15


def keys_of(words: list[str]) -> Keys:
    return band_keys(minhash_signature(shingle_hashes(words)))


def test_band_keys_depend_on_band() -> None:
    assert len(set(keys_of(["same"] * 50).tolist())) == BANDS


def test_band_keys_without_signature_are_empty() -> None:
    assert len(keys_of(["rain"])) == 0


@given(st.integers(0, 2**32 - 1))
def test_band_keys_depend_on_values(value: int) -> None:
    signature = np.zeros(128, dtype=np.uint32)
    other = signature.copy()
    other[ROWS * 7] = value

    differing = np.flatnonzero(band_keys(signature) != band_keys(other)).tolist()

    assert differing == ([7] if value else [])


def test_band_hits_near_threshold_match_theory() -> None:
    chance = np.random.default_rng(3)
    found = 0
    for _ in range(300):
        signature = chance.integers(0, 2**32, 128, dtype=np.uint32)
        other = np.where(chance.random(128) < 0.6, signature, signature + 1)
        found += int((band_keys(signature) == band_keys(other)).sum() >= HITS)

    assert found >= 0.99 * 300
