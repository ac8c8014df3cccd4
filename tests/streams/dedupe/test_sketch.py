import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.minhash import Hashes
from streams.dedupe.sketch import Sketch, sample_below, sketch_of

HASHES = st.lists(st.integers(1, 2**64 - 1), min_size=1, max_size=300).map(
    lambda values: np.array(values, dtype=np.uint64)
)


@given(HASHES, st.integers(1, 100))
def test_sketch_has_at_most_its_size(hashes: Hashes, size: int) -> None:
    assert len(sketch_of(hashes, size=size).marks) <= size


@given(HASHES, st.integers(1, 100))
def test_sample_below_own_limit_is_sketch(hashes: Hashes, size: int) -> None:
    sketch = sketch_of(hashes, size=size)

    assert sample_below(hashes, sketch.limit).tolist() == sketch.marks.tolist()


@given(HASHES)
def test_sketch_of_short_text_keeps_all_in_order(hashes: Hashes) -> None:
    sketch = sketch_of(hashes, size=300)

    parts = [sketch_of(part, size=300).marks.tolist() for part in np.split(hashes, 2 * [1])[::2]]

    assert sketch.marks.tolist() == parts[0] + parts[1]
    assert sketch.limit == 0


@given(HASHES, st.integers(1, 100))
def test_sketch_from_bytes_inverts_to_bytes(hashes: Hashes, size: int) -> None:
    sketch = sketch_of(hashes, size=size)

    again = Sketch.from_bytes(sketch.to_bytes())

    assert again.marks.tolist() == sketch.marks.tolist()
    assert (again.limit, again.shingles) == (sketch.limit, sketch.shingles)
