from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.fetch.cache_headers import MAX_RETRY, freshness, retry_after

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

FRESH = [
    ({}, 0),
    ({"cache-control": "max-age=600"}, 600),
    ({"cache-control": 'public, max-age="600", stale-while-revalidate=9'}, 600),
    ({"cache-control": "max-age=600", "age": "700"}, 0),
    ({"cache-control": "max-age=600", "expires": "Mon, 02 Mar 2026 19:30:00 GMT"}, 600),
    ({"cache-control": "no-cache, max-age=600"}, 0),
    ({"cache-control": "max-age=oops"}, 0),
    ({"expires": "Mon, 02 Mar 2026 09:40:00 GMT"}, 600),
    ({"expires": "Mon, 02 Mar 2026 09:40:00 GMT", "date": "Mon, 02 Mar 2026 09:39:00 GMT"}, 60),
    ({"expires": "0"}, 0),
    ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
]

RETRY = [
    ({}, timedelta(0)),
    ({"retry-after": "120"}, timedelta(seconds=120)),
    ({"retry-after": "Mon, 02 Mar 2026 09:40:00 GMT"}, timedelta(minutes=10)),
    ({"retry-after": "Mon, 02 Mar 2020 09:40:00 GMT"}, timedelta(0)),
    ({"retry-after": "soon"}, timedelta(0)),
    ({"retry-after": "9999999999"}, MAX_RETRY),
]


@pytest.mark.parametrize(("headers", "seconds"), FRESH)
def test_freshness_reads_caching_headers(headers: dict[str, str], seconds: int) -> None:
    assert freshness(headers, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("headers", "expected"), RETRY)
def test_retry_after_reads_seconds_and_dates(headers: dict[str, str], expected: timedelta) -> None:
    assert retry_after(headers, now=NOW) == expected


@given(st.text(max_size=40))
def test_cache_headers_accept_any_text(text: str) -> None:
    names = ("cache-control", "expires", "age", "date", "retry-after")
    headers = dict.fromkeys(names, text)

    assert freshness(headers, now=NOW) >= timedelta(0)
    assert timedelta(0) <= retry_after(headers, now=NOW) <= MAX_RETRY
