from hypothesis import given
from hypothesis import strategies as st

from streams.sources.feeds.parsing.model import Entry
from streams.sources.feeds.polling.seen_entries import MAX_KNOWN, SIZE, new_entries

entries = st.lists(
    st.builds(
        Entry,
        id=st.sampled_from(["", "1", "2"]),
        link=st.sampled_from(["", "https://news.test/a", "https://news.test/b?utm_source=x", "?"]),
        title=st.sampled_from(["", "Rain", "Wind"]),
        updated=st.sampled_from(["", "2026-03-02"]),
    ),
    max_size=8,
)


@given(entries)
def test_new_entries_is_idempotent(parsed: list[Entry]) -> None:
    first = new_entries(parsed, b"")

    # A response may contain two versions of an article: the last one is stored.
    settled = {}
    for entry in parsed:
        settled[new_entries([entry], b"").known[:8]] = entry
    second = new_entries(settled.values(), first.known)
    assert (second.new, second.changed) == ((), ())
    assert second.overlaps is bool(parsed)


@given(st.binary(max_size=100), entries)
def test_new_entries_accepts_any_state(known: bytes, parsed: list[Entry]) -> None:
    assert len(new_entries(parsed, known).known) % SIZE == 0


def test_new_entries_orders_new_and_separates_changed() -> None:
    old = Entry(link="https://news.test/a", title="Rain")
    known = new_entries([old], b"").known
    newest, newer = (Entry(link=f"https://news.test/{name}") for name in "cb")
    changed = Entry(link="https://news.test/a", title="Rain and wind")

    news = new_entries([newest, newer, changed], known)

    assert (news.new, news.changed, news.overlaps) == ((newer, newest), (changed,), True)


def test_new_entries_detects_gap() -> None:
    known = new_entries([Entry(id="1")], b"").known

    assert not new_entries([Entry(id="2")], known).overlaps


def test_new_entries_limits_known_to_latest() -> None:
    kept = Entry(id="kept")
    known = new_entries(
        [kept, *(Entry(id=str(number)) for number in range(MAX_KNOWN - 1))], b""
    ).known

    known = new_entries([Entry(id="more"), kept], known).known

    assert len(known) == MAX_KNOWN * SIZE
    assert new_entries([kept], known).new == ()
