from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.evaluate.conll import tagged_spans
from tools.other_names import OtherNames, with_other_names

NAMES = OtherNames(
    people=[["Ada", "Byron"], ["Jan", "van", "Eyck"]],
    first_names=["Mona"],
    surnames=["Byron", "Eyck"],
    organizations=[["Bank", "of", "Ostmark"], ["NATO"]],
)
TAGS = st.sampled_from(["B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "O", "O"])


@given(tags=st.lists(TAGS, max_size=12), random=st.randoms())
def test_other_names_keep_the_words_and_names_around(tags: list[str], random: Random) -> None:
    words = [f"w{number}" for number in range(len(tags))]

    new_words, new_tags = with_other_names(words, tags, NAMES, random)

    assert len(new_words) == len(new_tags)
    assert [s.kind for s in tagged_spans(new_tags)] == [s.kind for s in tagged_spans(tags)]
    assert [w for w, t in zip(new_words, new_tags, strict=True) if t == "O"] == [
        w for w, t in zip(words, tags, strict=True) if t == "O"
    ]
    assert {w for w, t in zip(words, tags, strict=True) if t == "B-LOC"} <= set(new_words)


def test_other_names_are_the_same_for_the_same_seed() -> None:
    tags = ["B-PER", "I-PER", "O", "B-ORG", "O", "B-PER"]
    words = ["Jo", "Roe", "left", "UN", "for", "Ann"]

    seeded = (Random(7), Random(7))  # noqa: S311  # not for secrets
    first, second = (with_other_names(words, tags, NAMES, random) for random in seeded)

    assert first == second
    assert first[0] != words
