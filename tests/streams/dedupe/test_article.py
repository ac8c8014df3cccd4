import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedupe.article import Decision, dedupe_article
from streams.dedupe.memory.memory import ArticleMemory
from streams.records import (
    Change,
    CleanArticle,
    DuplicateArticle,
    Memory,
    Origin,
    PublicationTime,
    RevisionKind,
    Site,
    TimePrecision,
    UniqueArticle,
    decode,
    encode,
)
from tests.support.builders import FETCHED, TEXT, clean_article
from tests.support.strategies import at_most

LONG = " ".join(f"word{n} and" for n in range(100))
TODAY = datetime(2026, 3, 2, tzinfo=UTC)


def empty_memory(**changes: Any) -> ArticleMemory:
    bounds = {
        "horizon": timedelta(days=14),
        "max_articles": 1000,
        "recent": 100,
        "kept": 100,
    } | changes
    return ArticleMemory(**bounds)


def article(url: str = "a", *, days: float = 0, **changes: Any) -> CleanArticle:
    time = TODAY + timedelta(days=days)
    fields = {
        "url": f"https://{url}.test/",
        "fetched": time,
        "published": PublicationTime(time=time, precision=TimePrecision.SECOND),
        "text": LONG,
    } | changes
    return clean_article(**fields)


def origin(offset: int) -> Origin:
    return Origin("articles.raw.v1", 0, offset)


def run(*articles: CleanArticle, state: ArticleMemory | None = None) -> list[Decision]:
    state = empty_memory() if state is None else state
    return [
        dedupe_article(item, state, origin=origin(offset)) for offset, item in enumerate(articles)
    ]


def records(*articles: CleanArticle) -> list[UniqueArticle | DuplicateArticle]:
    return [decision.outcome.record for decision in run(*articles)]


def edited(share: float, text: str = LONG) -> str:
    chance = random.Random(3)  # noqa: S311  # the same edits every time
    return " ".join("edited" if chance.random() < share else word for word in text.split())


def unique(record: UniqueArticle | DuplicateArticle) -> UniqueArticle:
    assert isinstance(record, UniqueArticle)
    return record


def duplicate(record: UniqueArticle | DuplicateArticle) -> DuplicateArticle:
    assert isinstance(record, DuplicateArticle)
    return record


def test_first_article_is_new_and_founds_group() -> None:
    (first,) = records(article())

    assert unique(first).group_id == first.id
    assert unique(first).revision.kinds == (RevisionKind.FIRST,)
    assert first.receipts[-1].decision == "new"


def test_refetch_with_same_text_is_unchanged() -> None:
    first, again = records(article(), article(days=1))

    assert duplicate(again).change is Change.UNCHANGED
    assert duplicate(again).duplicate_of == first.id
    assert again.receipts[-1].rule == "same_text"


@pytest.mark.parametrize("days", [0, 1], ids=["same fetch time", "fetched later"])
def test_new_text_of_recreated_topic_is_not_answered_as_before(days: float) -> None:
    state = empty_memory()
    first, second = article(), article(text=LONG + " more.")
    other = article(days=days, title="Minister resigns", text=LONG.replace("word", "other"))
    for offset, item in enumerate((first, second, second)):
        dedupe_article(item, state, origin=Origin("articles.raw.v1", 0, offset, "5f2c90aa"))

    decision = dedupe_article(other, state, origin=Origin("articles.raw.v1", 0, 2, "00aa17e5"))

    assert unique(decision.outcome.record).title == "Minister resigns"
    assert decision.remember is not None


def test_other_text_at_same_position_is_not_answered_as_before() -> None:
    state = empty_memory()
    place = Origin("articles.raw.v1", 0, 7, "5f2c90aa")
    dedupe_article(article(), state, origin=place)

    decision = dedupe_article(article(text=LONG + " more."), state, origin=place)

    assert unique(decision.outcome.record).revision.number == 2


def test_record_of_older_release_without_topic_id_is_redelivered() -> None:
    state = empty_memory()
    before = dedupe_article(article(), state, origin=Origin("articles.raw.v1", 0, 7))

    after = dedupe_article(article(), state, origin=Origin("articles.raw.v1", 0, 7, "5f2c90aa"))

    assert after.outcome == before.outcome
    assert after.remember is None


def test_different_text_of_same_article_is_revision() -> None:
    _, second, third = records(article(), article(text=LONG + " more."), article(title="Other"))

    assert unique(second).revision.number == 2
    assert unique(third).revision.number == 3
    assert RevisionKind.HEADLINE in unique(third).revision.kinds
    assert third.receipts[-1].decision == "revised"


def test_refetch_outside_horizon_is_revision() -> None:
    _, second = records(article(), article(days=300, text=LONG + " more."))

    assert unique(second).revision.number == 2


@pytest.mark.parametrize(
    ("changes", "method"),
    [
        ({}, "exact"),
        ({"title": "Another headline"}, "same_text"),
        ({"text": edited(0.04)}, "near"),
    ],
)
def test_same_text_of_other_article_is_copy(changes: dict[str, str], method: str) -> None:
    first, copy = records(article(), article("b", **changes))

    assert duplicate(copy).change is Change.COPY
    assert duplicate(copy).method == method
    assert (duplicate(copy).duplicate_of, duplicate(copy).group_id) == (first.id, first.id)
    assert 0.48 <= duplicate(copy).similarity <= 1
    assert first.id in copy.receipts[-1].evidence


def test_copy_of_copy_joins_group_of_original() -> None:
    first, _, copy = records(article(), article("b"), article("c", text=edited(0.03)))

    assert duplicate(copy).group_id == first.id
    assert duplicate(copy).duplicate_of == first.id


def test_unrelated_text_is_new() -> None:
    _, other = records(article(), article("b", text=LONG.replace("word", "other")))

    assert isinstance(other, UniqueArticle)


def test_short_text_with_other_headline_is_new() -> None:
    _, other, same = records(
        article(text="Rain fell."),
        article("b", text="Rain fell.", title="Weather on Monday"),
        article("c", text="Rain fell."),
    )

    assert isinstance(other, UniqueArticle)
    assert duplicate(same).method == "exact"


@pytest.mark.parametrize(
    ("days", "is_copy"), [(0, True), (13.9, True), (-13.9, True), (14.1, False), (-14.1, False)]
)
def test_texts_are_compared_only_within_horizon(days: float, *, is_copy: bool) -> None:
    _, other = records(article(), article("b", days=days))

    assert isinstance(other, DuplicateArticle) is is_copy


FLASH = {"text": "Video", "title": "Fed sets two billion dollar repurchase"}


@pytest.mark.parametrize(
    ("changes", "is_copy"),
    [
        ({"days": 0.02}, True),
        ({"days": 1}, False),
        ({"title": "Fed sets one billion dollar repurchase"}, False),
        ({"published": PublicationTime(time=TODAY, precision=TimePrecision.DAY)}, False),
    ],
)
def test_equal_headline_without_text_is_copy_within_an_hour(
    changes: dict[str, Any], *, is_copy: bool
) -> None:
    _, other = records(article(**FLASH), article("b", **(FLASH | changes)))

    assert isinstance(other, DuplicateArticle) is is_copy


def test_date_in_2099_and_backfill_of_1987_change_no_decision() -> None:
    state = empty_memory(recent=10, kept=10)
    future = article("future", days=73 * 365, text=edited(1) + " future")
    texts = [LONG.replace("word", f"text{n}x") for n in range(30)]
    mixed = [
        article(f"{side}{n}", days=days + n / 100, text=texts[n].replace("and", side))
        for n in range(30)
        for side, days in (("today", 0), ("old", -14000))
    ]
    run(*mixed[:20], future, *mixed[20:], state=state)

    again = [
        dedupe_article(
            msgspec.structs.replace(item, id=article(f"copy{n}").id), state, origin=origin(500 + n)
        )
        for n, item in enumerate(mixed)
    ]

    copies = [duplicate(decision.outcome.record).duplicate_of for decision in again[:40]]
    assert copies == [item.id for item in mixed[:40]]


def test_late_first_version_does_not_replace_second() -> None:
    state = empty_memory()
    slow = article(text=edited(0.5))
    fast = article(days=0.1, text=LONG)
    dedupe_article(fast, state, origin=origin(2))

    late = dedupe_article(slow, state, origin=origin(1)).outcome.record
    again = dedupe_article(fast, state, origin=origin(3)).outcome.record

    assert duplicate(late).method == "older_version"
    assert duplicate(again).method == "same_text"


YEAR_2199 = datetime(2199, 1, 1, tzinfo=UTC)


def test_version_fetched_in_the_future_does_not_freeze_article() -> None:
    state = empty_memory()
    first = msgspec.structs.replace(article(text=edited(0.5)), fetched=YEAR_2199)
    second = article(days=0.1, text=LONG)
    taken = second.fetched - timedelta(hours=1)
    decided = dedupe_article(first, state, origin=origin(1), now=taken).outcome.record

    later = dedupe_article(second, state, origin=origin(2), now=second.fetched).outcome.record

    assert decided.fetched == taken
    assert unique(later).revision.number == 2


def test_version_remembered_with_a_future_time_is_no_newer_one() -> None:
    state = empty_memory()
    before_this_rule = msgspec.structs.replace(article(text=edited(0.5)), fetched=YEAR_2199)
    dedupe_article(before_this_rule, state, origin=origin(1))
    second = article(days=0.1, text=LONG)

    later = dedupe_article(second, state, origin=origin(2), now=second.fetched).outcome.record

    assert unique(later).revision.number == 2


def test_versions_fetched_together_are_ordered_by_origin() -> None:
    state = empty_memory()
    dedupe_article(article(), state, origin=origin(2))

    late = dedupe_article(article(text=edited(0.5)), state, origin=origin(1)).outcome.record

    assert duplicate(late).method == "older_version"


def test_changed_copy_stays_copy_while_near() -> None:
    original = article()
    copy, near, far = (
        article("b", text=text, days=n)
        for n, text in enumerate([edited(0.02), edited(0.04), "something else " * 50])
    )

    _, _, third, fourth = records(original, copy, near, far)

    assert duplicate(third).change is Change.COPY
    assert unique(fourth).revision.number == 3
    assert unique(fourth).group_id == original.id


def test_retained_answers_are_bounded() -> None:
    versions = [article(text=f"{LONG} {n}", days=n / 100) for n in range(50)]
    refetches = [article(text=f"{LONG} 49", days=1 + n / 100) for n in range(50)]

    decision = run(*versions, *refetches)[-1]

    assert decision.remember is not None
    assert len(decision.remember.answers) == 1 + 8 + 32
    assert decision.remember.answers[0].origin == str(origin(0))


def test_original_after_copy_corrects_group() -> None:
    copy, original, later = (
        article(url, days=days, text=edited(share))
        for url, days, share in [("copy", 1, 0), ("original", 0, 0.02), ("later", 2, 0.02)]
    )

    first, correction, third = records(copy, original, later)

    assert duplicate(correction).change is Change.CORRECTION
    assert duplicate(correction).duplicate_of == original.id
    assert duplicate(correction).group_id == first.id
    assert first.id in correction.receipts[-1].evidence
    assert duplicate(third).group_id == first.id
    assert duplicate(third).duplicate_of == original.id
    assert duplicate(third).group is not None
    assert duplicate(third).group.original == original.id
    assert duplicate(third).group.first_seen == TODAY


def test_article_with_day_precision_corrects_nothing_that_day() -> None:
    day = PublicationTime(time=TODAY, precision=TimePrecision.DAY)

    _, second = records(article(days=0.5), article("b", days=0.9, published=day))

    assert duplicate(second).change is Change.COPY


def test_group_counts_copies_outlets_and_publishers() -> None:
    sites = ["daily.test", "daily.example", "daily.test", "wire.test"]

    last = records(
        *(
            article(f"a{n}", days=n / 10, site=Site(domain=domain), agency="ANI" * (n == 2))
            for n, domain in enumerate(sites)
        )
    )[-1]

    group = duplicate(last).group
    assert group is not None
    assert (group.copies, group.outlets, group.independent_outlets) == (3, 3, 2)
    assert (group.agency, group.first_seen) == ("ANI", TODAY)


def test_refetch_of_member_keeps_group_counts() -> None:
    first, second, third = (article(url, days=n / 10) for n, url in enumerate("abc"))
    refetched = msgspec.structs.replace(first, fetched=TODAY + timedelta(days=1))

    last = records(first, second, refetched, third)[-1]

    assert duplicate(last).group is not None
    assert duplicate(last).group.copies == 2


@pytest.mark.parametrize("text", ["", "Video", "Rain.", "。" * 500, "\ud800 " * 50, "1 " * 20_000])
def test_dedupe_article_is_total(text: str) -> None:
    sound = article()
    odd = msgspec.structs.replace(sound, text=text, title=text[:300])

    (decision,) = run(odd)

    assert isinstance(decision.outcome.record, UniqueArticle)


# After a crash the log is a prefix of the decisions that includes all acknowledged ones.

POOL = [
    article(url, days=days, text=text, title=title)
    for url in "abc"
    for days, text, title in [
        (0, LONG, "One title of five words"),
        (0.5, edited(0.03), "One title of five words"),
        (1, LONG.replace("and", "or"), "Another title of five words"),
        (-14000, edited(0.05), "One title of five words"),
        (0.1, "", "One title of five words"),
        (20, LONG, "One title of five words"),
    ]
]


@dataclass
class Stage:
    """A dedupe stage with its memory topic, which can be killed at any time."""

    stream: list[CleanArticle]
    log: list[tuple[str, bytes | None]] = field(default_factory=list)
    answers: dict[int, set[bytes]] = field(default_factory=dict)
    state: ArticleMemory = field(
        default_factory=lambda: empty_memory(max_articles=4, recent=2, kept=3, segment=2)
    )

    def deliver(self, offset: int) -> None:
        decision = dedupe_article(self.stream[offset], self.state, origin=origin(offset))
        self.answers.setdefault(offset, set()).add(encode(decision.outcome.record))
        if decision.remember is not None:
            self.log.append((decision.remember.article_id, encode(decision.remember)))
        self.log += [(article_id, None) for article_id in decision.forget]

    def kill(self, cut: int) -> None:
        self.log = self.log[:cut]
        self.state = empty_memory(max_articles=4, recent=2, kept=3, segment=2)
        for article_id, value in self.log:
            if value is None:
                self.state.load_tombstone(article_id)
            else:
                self.state.load(decode(value, Memory))


@pytest.mark.slow
@at_most(80)
@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=25), st.data())
def test_origin_gets_one_answer_despite_crashes(
    stream: list[CleanArticle], data: st.DataObject
) -> None:
    undisturbed, stage = Stage(stream), Stage(stream)
    acknowledged = 0  # records that are completely in the log
    safe = [0]  # length of the log after each record
    for offset in range(len(stream)):
        undisturbed.deliver(offset)
        stage.deliver(offset)
        safe.append(len(stage.log))
        repeat = data.draw(st.sampled_from(range(max(0, offset - 2), offset + 1)))
        stage.deliver(repeat)
        if data.draw(st.booleans()):
            acknowledged = data.draw(st.integers(max(acknowledged, offset - 2), offset + 1))
            stage.kill(data.draw(st.integers(safe[acknowledged], len(stage.log))))
            for again in range(acknowledged, offset + 1):
                stage.deliver(again)

    assert stage.answers == undisturbed.answers
    assert all(len(answers) == 1 for answers in stage.answers.values())


def test_builder_text_is_long_enough_to_compare() -> None:
    first, copy = records(
        clean_article(), clean_article(url="https://b.test/", text=TEXT, fetched=FETCHED)
    )

    assert isinstance(first, UniqueArticle)
    assert duplicate(copy).method == "exact"
