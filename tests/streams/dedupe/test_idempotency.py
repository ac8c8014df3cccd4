from streams.dedupe.idempotency import find_answer, label_as_answered, retained_answers
from streams.records import Answer, Change, Revision, UniqueArticle
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
    assert find_answer("t-0-1", (new(0), new(1))) == new(1)
    assert find_answer("t-0-2", (new(0), new(1))) is None


def test_label_as_answered_keeps_earlier_receipts() -> None:
    article = clean_article()

    record = label_as_answered(article, new(1))

    assert isinstance(record, UniqueArticle)
    assert record.receipts[:-1] == article.receipts
    assert (record.receipts[-1].stage, record.receipts[-1].decision) == ("dedupe", "revised")
