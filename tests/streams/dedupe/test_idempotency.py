import msgspec
import pytest

from streams.dedupe.idempotency import find_answer, label_as_answered, retained_answers
from streams.records import Answer, Change, Origin, Revision, UniqueArticle
from tests.support.builders import clean_article

ID = clean_article().id


def new(number: int) -> Answer:
    return Answer(
        origin=f"t-0-{number}", group_id=ID, revision=Revision(number=number + 1), method="m"
    )


def unchanged(number: int) -> Answer:
    return Answer(
        origin=f"t-0-{number}", group_id=ID, duplicate_of=ID, change=Change.UNCHANGED, method="m"
    )


def test_retained_answers_are_first_and_latest_of_both_kinds() -> None:
    answers = tuple((new if n % 2 else unchanged)(n) for n in range(100))

    kept = retained_answers(answers)

    revisions = [answer.origin for answer in kept if answer.revision]
    assert revisions == [f"t-0-{n}" for n in (1, *range(85, 100, 2))]
    assert len(kept) == 1 + 8 + 32
    assert list(kept) == sorted(kept, key=answers.index)


def test_find_answer_returns_answer_of_origin() -> None:
    assert find_answer(Origin("t", 0, 1), (new(0), new(1)), version_hash="a") == new(1)
    assert find_answer(Origin("t", 0, 2), (new(0), new(1)), version_hash="a") is None


@pytest.mark.parametrize(
    ("topic_id", "version_hash", "is_found"),
    [
        ("5f2c90aa", "0123456789abcdef", True),
        ("00aa17e5", "0123456789abcdef", False),
        ("5f2c90aa", "ffffffff89abcdef", False),
        ("", "0123456789abcdef", True),
    ],
    ids=["redelivered", "topic created again", "offset used again", "broker without ids"],
)
def test_answer_is_bound_to_topic_and_text(
    topic_id: str, version_hash: str, *, is_found: bool
) -> None:
    answer = msgspec.structs.replace(new(1), origin="t@5f2c90aa-0-1", version="01234567")

    found = find_answer(Origin("t", 0, 1, topic_id), (answer,), version_hash=version_hash)

    assert (found == answer) is is_found


def test_answer_of_older_release_is_not_to_later_article() -> None:
    origin = Origin("t", 0, 1, "5f2c90aa")

    assert find_answer(origin, (new(1),), version_hash="a", is_later=True) is None
    assert find_answer(origin, (new(1),), version_hash="a") == new(1)


def test_label_as_answered_keeps_earlier_receipts() -> None:
    article = clean_article()

    record = label_as_answered(article, new(1))

    assert isinstance(record, UniqueArticle)
    assert record.receipts[:-1] == article.receipts
    assert (record.receipts[-1].stage, record.receipts[-1].decision) == ("dedupe", "revised")
