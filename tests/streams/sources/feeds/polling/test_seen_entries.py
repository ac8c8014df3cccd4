from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import article_id
from streams.sources.feeds.parsing.model import Entry
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.feeds.polling.seen_entries import (
    MAX_IDENTITIES,
    MAX_KNOWN,
    SIZE,
    NewEntries,
    new_entries,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SITE = "https://news.test"

entries = st.lists(
    st.builds(
        Entry,
        id=st.sampled_from(["", "1", "2"]),
        link=st.sampled_from(["", "https://news.test/a", "https://news.test/b?utm_source=x", "?"]),
        title=st.sampled_from(["", "Rain", "Wind"]),
        updated=st.sampled_from(["", "2026-03-02", "2026-03-02T09:29:00Z", "today"]),
    ),
    max_size=8,
)


def poll(parsed: Sequence[Entry], before: NewEntries | None = None, *, hour: int = 0) -> NewEntries:
    """Compare a response with the state after another one."""
    return new_entries(
        parsed,
        before.known if before else b"",
        identities=before.identities if before else b"",
        source="news",
        now=NOW + timedelta(hours=hour),
    )


def titles(news: NewEntries) -> tuple[list[str], list[str]]:
    """Return the titles of new and of changed entries."""
    return [each.entry.title for each in news.new], [each.entry.title for each in news.changed]


def ticker(number: int, *, link: str = SITE + "/live", **changes: str) -> Entry:
    """Return an entry of a page with several entries."""
    values = {
        "id": f"urn:{number}",
        "title": f"Ticker {number}",
        "published": f"2026-03-02T0{number}:00:00Z",
        "summary": f"Message {number}.",
    }
    return Entry(link=link, **(values | changes))


@given(entries)
def test_new_entries_is_idempotent(parsed: list[Entry]) -> None:
    first = poll(parsed)
    second = poll(parsed, first)

    assert (second.new, second.changed) == ((), ())
    assert second.overlaps is bool(parsed)


@given(entries, entries)
def test_new_entries_has_one_entry_for_each_key(parsed: list[Entry], later: list[Entry]) -> None:
    news = poll(later, poll(parsed))

    keys = [each.key for each in (*news.new, *news.changed)]
    assert len(keys) == len(set(keys))


@given(st.binary(max_size=200), st.binary(max_size=200), entries)
def test_new_entries_accepts_any_state(
    known: bytes, identities: bytes, parsed: list[Entry]
) -> None:
    news = new_entries(parsed, known, identities=identities, now=NOW)

    assert len(news.known) % SIZE == 0


def test_new_entries_orders_new_and_separates_changed() -> None:
    first = poll([Entry(link="https://news.test/a", title="Rain")])
    newest, newer = (Entry(link=f"https://news.test/{name}", title=name) for name in "cb")
    changed = Entry(link="https://news.test/a", title="Rain and wind")

    news = poll([newest, newer, changed], first)

    assert (titles(news), news.overlaps) == ((["b", "c"], ["Rain and wind"]), True)


def test_new_entries_detects_gap() -> None:
    assert not poll([Entry(id="2")], poll([Entry(id="1")])).overlaps


def test_new_entries_limits_state_to_latest() -> None:
    kept = Entry(id="kept")
    first = poll([kept, *(Entry(id=str(number)) for number in range(MAX_KNOWN - 1))])

    second = poll([Entry(id="more"), kept], first)

    assert len(second.known) == MAX_KNOWN * SIZE
    assert len(second.identities) <= MAX_IDENTITIES * 57
    assert poll([kept], second).new == ()


def test_state_of_earlier_version_knows_entries() -> None:
    """Keys and versions of e5699aa: of the canonical URL, or else the id."""
    listed = [Entry(id="7", link=SITE + "/a?utm_source=x", title="Rain"), Entry(id="8")]
    known = bytes.fromhex("84e151ef8c9a94238eb8b6d3" + "664f427c6b2c4bea384868fb")

    assert titles(new_entries(listed, known)) == ([], [])


# Kind 4: entries that share a link.


def test_entries_of_one_page_are_articles_of_their_own() -> None:
    first = poll([ticker(3), ticker(2), ticker(1)])
    second = poll([ticker(4), ticker(3), ticker(2)], first)

    ids = {each.article_id for each in (*first.new, *second.new)}
    assert titles(first)[0] == ["Ticker 1", "Ticker 2", "Ticker 3"]
    assert titles(second) == (["Ticker 4"], [])
    assert len(ids - {""}) == 4
    assert not any(each.has_own_page for each in (*first.new, *second.new))


def test_page_remains_shared_when_one_entry_is_left() -> None:
    first = poll([ticker(2), ticker(1)])
    second = poll([ticker(3)], first)
    third = poll([ticker(4)], second)

    assert [titles(second), titles(third)] == [(["Ticker 3"], []), (["Ticker 4"], [])]


def test_entry_that_had_the_page_alone_keeps_its_id() -> None:
    first = poll([ticker(1)])
    second = poll([ticker(2), ticker(1)], first)
    third = poll([ticker(2), ticker(1, title="Ticker 1, corrected")], second)

    assert titles(second) == (["Ticker 2"], [])
    assert titles(third) == ([], ["Ticker 1, corrected"])
    assert third.changed[0].article_id == article_id(url=SITE + "/live")


@pytest.mark.parametrize("guid", ["", "always-the-same"])
def test_entries_of_one_page_differ_by_title_and_time_without_guid(guid: str) -> None:
    listed = [ticker(number, id=guid, title="Outage") for number in (3, 2, 1)]
    if guid:
        listed = [ticker(number, id=guid) for number in (3, 2, 1)]
    first = poll(listed)
    second = poll(listed, first)

    assert len(first.new) == 3
    assert len({each.article_id for each in first.new}) == 3
    assert titles(second) == ([], [])


def test_entries_of_one_page_with_fragments_are_known_without() -> None:
    first = poll([ticker(number, link=f"{SITE}/live#post-{number}") for number in (2, 1)])

    second = poll([ticker(3), ticker(2), ticker(1)], first)

    assert titles(second) == (["Ticker 3"], [])


def test_entries_of_one_page_with_new_guids_are_known_by_words() -> None:
    first = poll([ticker(2), ticker(1)])

    second = poll([ticker(2, id="build-2-b"), ticker(1, id="build-2-a")], first)

    assert titles(second) == ([], [])


@pytest.mark.parametrize(
    "again",
    [ticker(1, id="urn:sport"), ticker(1, title="Ticker 1, corrected", summary="More.")],
)
def test_article_listed_twice_is_one(again: Entry) -> None:
    first = poll([again, ticker(1)])
    second = poll([again, ticker(1)], first)

    assert len(first.new) == 1
    assert first.new[0].has_own_page
    assert titles(second) == ([], [])


# Kind 11: identity.


def story(number: int, **changes: str) -> Entry:
    """Return an entry with a page of its own."""
    values = {
        "id": f"a471{number}",
        "link": f"{SITE}/news/story-{number}",
        "title": f"Story {number}",
        "published": f"2026-03-02T0{number}:00:00Z",
    }
    return Entry(**(values | changes))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.test/a", "https://news.test/a"),
        ("https://news.test/a", "http://www.news.test/a"),
        ("https://www.news.test/a", "https://news.test/a?ref=rss"),
    ],
)
def test_scheme_and_www_make_no_difference(one: str, other: str) -> None:
    first = poll([story(1, link=one, id="")])

    second = poll([story(1, link=other, id="")], first)
    third = poll([story(1, link=other, id="", title="Rain")], second)

    assert (titles(second), titles(third)) == (([], []), ([], ["Rain"]))
    assert third.changed[0].article_id == article_id(url=one)


def test_scheme_makes_no_difference_to_state_of_earlier_version() -> None:
    known = poll([story(1, link="http://news.test/a")]).known

    news = new_entries([story(1, link="https://news.test/a", title="Rain")], known)

    assert titles(news) == ([], ["Rain"])
    assert news.changed[0].article_id == article_id(url="http://news.test/a")


def test_changed_slug_with_same_guid_is_revision() -> None:
    first = poll([story(2), story(1)])
    moved = story(1, link=SITE + "/news/other-words", title="Other words", published="2026-03-03")

    second = poll([moved, story(2)], first)
    third = poll([moved, story(2)], second)

    assert (titles(second), titles(third)) == (([], ["Other words"]), ([], []))
    assert second.changed[0].article_id == article_id(url=SITE + "/news/story-1")


@pytest.mark.parametrize(
    ("changes", "is_new"),
    [
        ({"link": SITE + "/x?session=2"}, False),
        ({"link": SITE + "/x-a4711", "title": "Wind"}, False),
        ({"link": SITE + "/x", "title": "Wind", "published": "2026-03-03"}, True),
    ],
)
def test_guid_alone_needs_evidence(changes: dict[str, str], *, is_new: bool) -> None:
    first = poll([story(1)])

    assert bool(poll([story(1, **changes)], first).new) is is_new


def test_guid_of_whatever_is_latest_is_none() -> None:
    first = poll([story(1, id="latest")])
    second = poll([story(2, id="latest")], first)
    third = poll([story(3, id="latest")], second)

    assert [titles(each)[0] for each in (first, second, third)] == [
        ["Story 1"],
        ["Story 2"],
        ["Story 3"],
    ]


def test_guids_that_number_places_are_none() -> None:
    first = poll([story(number, id=str(9 - number)) for number in (3, 2, 1)])
    second = poll([story(number, id=str(10 - number)) for number in (4, 3, 2)], first)

    assert titles(second) == (["Story 4"], [])


def test_same_guid_everywhere_is_none() -> None:
    first = poll([story(number, id="feed") for number in (3, 2, 1)])
    second = poll([story(number, id="feed") for number in (4, 3)], first)
    third = poll([story(5, id="feed")], second)

    assert [titles(each) for each in (second, third)] == [(["Story 4"], []), (["Story 5"], [])]


def test_same_guid_everywhere_without_links() -> None:
    listed = [story(number, id="feed", link="") for number in (3, 2, 1)]
    first = poll(listed)

    assert len({each.article_id for each in first.new} - {""}) == 3
    assert titles(poll(listed, first)) == ([], [])


def test_guids_that_change_at_each_fetch_are_ignored() -> None:
    for link in (None, ""):
        changes = {} if link is None else {"link": link}
        first = poll([story(number, **changes) for number in (2, 1)])
        second = poll([story(number, id=f"build-{number}", **changes) for number in (2, 1)], first)

        assert titles(second) == ([], [])


def test_link_through_counter_is_known() -> None:
    clicks = "https://clicks.test/~r/news/1"
    known = poll([story(1, link=clicks)]).known

    assert titles(new_entries([story(1, via=clicks)], known)) == ([], [])


def test_postponed_entries_come_again_with_their_ids() -> None:
    before = poll([story(2), story(1)])
    listed = [story(3), story(2), story(1, link=SITE + "/other-words", title="Other words")]
    news = poll(listed, before)
    keys = {each.key for each in (*news.new, *news.changed)}

    known, identities = news.without(keys, known=before.known, identities=before.identities)
    again = new_entries(listed, known, identities=identities, source="news", now=NOW)

    assert titles(again) == titles(news) == (["Story 3"], ["Other words"])
    assert again.changed[0].article_id == article_id(url=SITE + "/news/story-1")


# Kind 12: dates that move.


def dated(hour: int, *numbers: int) -> list[Entry]:
    """Return entries with the time of the request."""
    return [story(n, published=f"2026-03-02T{9 + hour:02}:30:0{n}Z") for n in numbers]


def test_date_of_request_is_no_change() -> None:
    first = poll(dated(0, 3, 2, 1))
    second = poll(dated(1, 3, 2, 1), first, hour=1)
    third = poll(dated(2, 4, 3, 2), second, hour=2)

    assert [titles(second), titles(third)] == [([], []), (["Story 4"], [])]


def test_date_of_request_of_single_entry_is_no_change() -> None:
    assert titles(poll(dated(1, 1), poll(dated(0, 1)), hour=1)) == ([], [])


def test_dates_that_all_move_are_no_change() -> None:
    """A feed that is written each night, hours before the request."""
    first = poll([story(n, published="2026-03-01T00:00:00Z") for n in (3, 2, 1)])
    second = poll([story(n, published="2026-03-02T00:00:00Z") for n in (4, 3, 2, 1)], first)

    assert titles(second) == (["Story 4"], [])


@pytest.mark.parametrize(
    "written",
    ["Mon, 02 Mar 2026 01:00:00 GMT", "2026-03-02T02:00:00+01:00", "2026-03-02T00:10:00Z"],
)
def test_time_in_other_spelling_or_earlier_is_no_change(written: str) -> None:
    first = poll([story(2), story(1)])

    assert titles(poll([story(2), story(1, published=written)], first)) == ([], [])


def test_later_date_of_one_entry_is_change() -> None:
    first = poll([story(3), story(2), story(1)])

    second = poll([story(3), story(2), story(1, updated="2026-03-02T08:00:00Z")], first)

    assert titles(second) == ([], ["Story 1"])


def test_date_near_request_is_believed_if_it_stays() -> None:
    updated = story(1, updated="2026-03-02T09:29:00Z")
    first = poll([story(2), story(1)])
    second = poll([story(2), updated], first)
    third = poll([story(2), updated], second, hour=1)

    assert [titles(second), titles(third)] == [([], []), ([], ["Story 1"])]


# The cases of the field.


def case_entries(shared: Path, name: str) -> tuple[Entry, ...]:
    """Return the entries of a feed of shared/cases."""
    body = (shared / "cases/sources" / name).read_bytes().replace(b"{PORT}", b"8000")
    return parse_feed(body).entries


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("01-one-link-many-guids/feed-poll1.xml", "01-one-link-many-guids/feed-poll2.xml", (3, 1)),
        ("01v-one-link-no-fragment/feed.xml", "01v-one-link-no-fragment/feed.xml", (3, 0)),
        ("02-same-guid-everywhere/feed.xml", "02-same-guid-everywhere/feed.xml", (5, 0)),
        ("03-guid-changes-each-fetch/feed1.xml", "03-guid-changes-each-fetch/feed2.xml", (4, 0)),
        ("05-pubdate-is-now/feed-10h.xml", "05-pubdate-is-now/feed-11h.xml", (3, 0)),
    ],
)
def test_second_poll_of_case_brings_new_only(
    shared: Path, first: str, second: str, expected: tuple[int, int]
) -> None:
    one = poll(case_entries(shared, first))
    two = poll(case_entries(shared, second), one)

    ids = {each.article_id or each.entry.link for each in one.new}
    assert (len(one.new), len(two.new) + len(two.changed)) == expected
    assert len(ids) == expected[0]


def test_changed_slug_of_case_is_revision(shared: Path) -> None:
    first = poll(case_entries(shared, "04-slug-follows-headline-guid-stays/feed1.xml"))
    second = poll(case_entries(shared, "04-slug-follows-headline-guid-stays/feed2.xml"), first)

    assert titles(second) == ([], ["Solberg defies towns: ports to merge by summer"])
