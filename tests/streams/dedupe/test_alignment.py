import pytest

from streams.dedupe.alignment import align
from streams.dedupe.minhash import shingle_hashes
from streams.dedupe.sketch import sketch_of

WORDS = [f"word{n}" for n in range(60)]


def replaced(words: list[str], **changes: str) -> list[str]:
    return [changes.get(word, word) for word in words]


@pytest.mark.parametrize(
    ("mine", "others", "slots"),
    [
        (WORDS, WORDS, ()),
        (replaced(WORDS, word7="x"), WORDS, ((7,),)),
        (replaced(WORDS, word0="x", word59="y"), WORDS, ((0,), (59,))),
        (replaced(WORDS, word7="x", word8="y", word30="z"), WORDS, ((7, 8), (30,))),
        ([*WORDS[:7], "x", *WORDS[7:]], WORDS, ()),
        ([*WORDS[:7], *WORDS[8:]], WORDS, ()),
        ([*WORDS[:20], *(f"own{n}" for n in range(20)), *WORDS[40:]], WORDS, ()),
    ],
    ids=["same", "one", "edges", "two", "inserted", "left out", "passage"],
)
def test_slots_are_what_two_texts_fill_differently(
    mine: list[str], others: list[str], slots: tuple[tuple[int, ...], ...]
) -> None:
    alignment = align(shingle_hashes(mine), sketch_of(shingle_hashes(others)))

    assert alignment.slots == slots


def test_own_passages_are_measured_in_words() -> None:
    mine = [*(f"own{n}" for n in range(12)), *WORDS]
    others = [*(f"other{n}" for n in range(9)), *WORDS]

    alignment = align(shingle_hashes(mine), sketch_of(shingle_hashes(others)))

    assert (alignment.own, alignment.known_own) == (12, 7)
    assert alignment.shared.tolist() == [False] * 12 + [True] * 60


def test_slots_are_found_in_sample_of_long_text() -> None:
    words = [f"word{n}" for n in range(900)]
    places = range(50, 900, 50)
    other = sketch_of(shingle_hashes(words))

    alignment = align(shingle_hashes(replaced(words, **{f"word{n}": "x" for n in places})), other)

    assert len({at for slot in alignment.slots for at in slot} & set(places)) > len(places) / 3
