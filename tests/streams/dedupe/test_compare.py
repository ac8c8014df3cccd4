import random
from datetime import timedelta

import pytest

from streams.dedupe.another_report import is_another_report, within
from streams.dedupe.compare import compare_exact, compare_near
from streams.dedupe.fingerprint import Fingerprint, fingerprint_of
from streams.dedupe.likeness import (
    Likeness,
    likeness,
)
from streams.dedupe.sketch import sketch_of
from streams.records import Memory
from tests.support.builders import FETCHED, clean_article

WORDS = [f"word{n}" for n in range(300)]
ALIKE = Likeness(whole=0.8, middle=0.8, passage=0.8, containment=0.9)


def remembered(fingerprint: Fingerprint, **changes) -> Memory:
    fields = {
        "article_id": clean_article().id,
        "group_id": clean_article().id,
        "time": FETCHED,
        "fetched": FETCHED,
        "clock": FETCHED,
        "title_hash": fingerprint.title_hash,
        "text_hash": fingerprint.text_hash,
        "words": len(fingerprint.words),
        "signature": fingerprint.sketch,
        "number_marks": fingerprint.number_marks,
        "name_marks": fingerprint.name_marks,
        "title_marks": fingerprint.title_marks,
    }
    return Memory(**(fields | changes))


def of_words(words: list[str]) -> Fingerprint:
    return fingerprint_of(clean_article(text=" ".join(words)))


def test_compare_near_finds_edited_copy() -> None:
    chance = random.Random(5)  # noqa: S311  # the same edits every time
    copy = [word if chance.random() > 0.04 else "edited" for word in WORDS]

    verdict = compare_near(
        of_words(copy), remembered(of_words(WORDS)), time=FETCHED, agency="", threshold=0.7
    )

    assert verdict is not None
    assert 0.7 <= verdict.similarity < 1
    assert verdict.method == "near"
    assert "least shared passage" in verdict.evidence


def test_compare_near_of_unrelated_text_is_none() -> None:
    other = of_words([word + "x" for word in WORDS])

    assert (
        compare_near(other, remembered(of_words(WORDS)), time=FETCHED, agency="", threshold=0.7)
        is None
    )


def test_compare_near_ignores_other_signature_version() -> None:
    known = remembered(of_words(WORDS), sig_version=0)

    assert compare_near(of_words(WORDS), known, time=FETCHED, agency="", threshold=0.7) is None


@pytest.mark.parametrize(
    ("title", "text", "method"),
    [
        ("One title", "word " * 50, "exact"),
        ("Another title", "word " * 50, "same_text"),
        ("One title", "", "same_headline"),
    ],
)
def test_compare_exact_names_method(title: str, text: str, method: str) -> None:
    known = remembered(fingerprint_of(clean_article(title="One title", text=text)))

    verdict = compare_exact(fingerprint_of(clean_article(title=title, text=text)), known)

    assert verdict.method == method
    assert verdict.similarity == 1


def test_within_is_symmetric_and_includes_horizon() -> None:
    day = timedelta(days=1)

    assert within(FETCHED, FETCHED + day, day)
    assert within(FETCHED + day, FETCHED, day)
    assert not within(FETCHED, FETCHED + day + timedelta(seconds=1), day)


def test_likeness_of_text_with_itself_is_one() -> None:
    like = likeness(of_words(WORDS), remembered(of_words(WORDS)))

    assert like == Likeness(whole=1, middle=1, passage=1, containment=1)


def test_likeness_weighs_foreign_passage_above_scattered_edits() -> None:
    foreign = [*WORDS[:150], *(f"other{n}" for n in range(60)), *WORDS[210:]]
    scattered = ["edited" if n % 11 == 0 else word for n, word in enumerate(WORDS)]

    one, other = (
        likeness(of_words(words), remembered(of_words(WORDS))) for words in (foreign, scattered)
    )

    assert one is not None
    assert other is not None
    assert one.passage < other.passage
    assert one.similarity < other.similarity


def test_likeness_weighs_frame_below_middle() -> None:
    frame = [f"menu{n}" for n in range(40)]

    like = likeness(of_words([*frame, *WORDS]), remembered(of_words(WORDS)))

    assert like is not None
    assert like.containment == 1
    assert like.similarity > 0.7


@pytest.mark.parametrize(
    ("words", "known_words", "method"),
    [
        (WORDS[:240], WORDS, "shortened"),
        (WORDS, WORDS[:240], "extended"),
        (WORDS[:290], WORDS, "near"),
    ],
)
def test_compare_near_names_shortened_and_extended_copies(
    words: list[str], known_words: list[str], method: str
) -> None:
    verdict = compare_near(
        of_words(words), remembered(of_words(known_words)), time=FETCHED, agency="", threshold=0.3
    )

    assert verdict is not None
    assert verdict.method == method


def test_likeness_by_sketch_is_near_that_of_full_texts() -> None:
    chance = random.Random(7)  # noqa: S311  # the same edits every time
    text = [f"word{n}" for n in range(3000)]
    copy = [word if chance.random() > 0.05 else "edited" for word in text]

    sampled = likeness(of_words(copy), remembered(of_words(text)))
    full = likeness(of_words(copy), remembered(of_words(text), signature=full_sketch(text)))

    assert sampled is not None
    assert full is not None
    assert abs(sampled.similarity - full.similarity) < 0.1


def full_sketch(words: list[str]) -> bytes:
    return sketch_of(of_words(words).shingles, size=10_000).to_bytes()


def test_is_another_report_of_other_company() -> None:
    words = " ".join(f"word{n}x" for n in range(60))
    one, other = (
        fingerprint_of(
            clean_article(title=f"{name} raises its prime rate", text=f"The bank {name} {words}")
        )
        for name in ("Chemical Bank", "First Interstate")
    )

    assert is_another_report(other, remembered(one), time=FETCHED, like=ALIKE)
    assert not is_another_report(one, remembered(one), time=FETCHED, like=ALIKE)


REPORT = "The bank added {} billion to the reserves on {} {} at a rate of {} percent. " + " ".join(
    f"word{n}x" for n in range(60)
)


@pytest.mark.parametrize(
    ("title", "figures", "hours", "expected"),
    [
        ("Fed adds reserves", (2, "March", 3, 6.5), 24, True),
        ("Fed adds reserves", (2, "March", 3, 6.5), 1, False),
        ("Fed adds reserves", (1, "March", 2, 6.1), 24, False),
        ("Bank of Japan sells bonds", (2, "March", 3, 6.5), 1, True),
        ("Reserves added by the Fed today", (1, "March", 2, 6.1), 1, False),
        ("", (2, "March", 3, 6.5), 1, False),
    ],
)
def test_is_another_report_needs_numbers_and_day_or_headline(
    title: str, figures: tuple[object, ...], hours: int, *, expected: bool
) -> None:
    known = remembered(
        fingerprint_of(
            clean_article(title="Fed adds reserves", text=REPORT.format(1, "March", 2, 6.1))
        )
    )
    article = fingerprint_of(clean_article(title=title, text=REPORT.format(*figures)))

    time = FETCHED + timedelta(hours=hours)
    assert is_another_report(article, known, time=time, like=ALIKE) is expected


TABLE = "COPPER 1030 " + " ".join(f"{month} {n}{n} {n}5" for n, month in enumerate(WORDS[:30], 11))


@pytest.mark.parametrize(
    ("case", "numbers", "minutes", "similarity", "expected"),
    [
        ("half an hour later: the table mended", 12, 30, 0.6, False),
        ("an hour and a half later: other prices", 12, 90, 0.6, True),
        ("later: the same prices in another order", 0, 90, 0.6, True),
        ("later: the same table again", 0, 90, 0.95, False),
    ],
)
def test_table_with_other_prices_is_another_report(
    case: str, numbers: int, minutes: int, similarity: float, *, expected: bool
) -> None:
    words = TABLE.split()
    words[3 : 3 + 3 * numbers : 3] = [f"9{n}9" for n in range(numbers)]
    like = Likeness(similarity, similarity, similarity, 1)
    time = FETCHED + timedelta(minutes=minutes)

    is_another = is_another_report(
        of_words(words), remembered(of_words(TABLE.split())), time=time, like=like
    )

    assert is_another is expected, case


@pytest.mark.parametrize(("hours", "expected"), [(6, False), (24, True)])
def test_edited_numbers_within_half_a_day_are_copy(hours: int, *, expected: bool) -> None:
    known = remembered(fingerprint_of(clean_article(text=REPORT.format(1, "March", 2, 6.1))))
    article = fingerprint_of(clean_article(text=REPORT.format(2, "March", 3, 6.5)))

    time = FETCHED + timedelta(hours=hours)
    assert is_another_report(article, known, time=time, like=ALIKE) is expected


@pytest.mark.parametrize(("agency", "is_copy"), [("ANI", True), ("dpa", False), ("", False)])
def test_cut_text_of_same_agency_is_copy(agency: str, *, is_copy: bool) -> None:
    known = remembered(of_words(WORDS), agency="ANI")

    verdict = compare_near(
        of_words(WORDS[:110]), known, time=FETCHED, agency=agency, threshold=0.48
    )

    assert (verdict is not None) is is_copy
