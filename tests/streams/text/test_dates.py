"""Parsing of dates."""

import time
from datetime import UTC, datetime

import pytest
from babel.dates import format_date, format_time
from hypothesis import given
from hypothesis import strategies as st

from streams.text.dates import parse_date
from streams.text.time_words import time_words


@given(st.text())
def test_parse_date_accepts_any_text(text: str) -> None:
    date = parse_date(text)

    assert date is None or date.time.tzinfo is not None


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_parse_date_inverts_isoformat(moment: datetime) -> None:
    date = parse_date(moment.astimezone(UTC).isoformat())

    assert date is not None
    assert date.time == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("20220118", "2022-01-18T00:00:00+00:00", "day"),
        ("2022-01-18T10:00:00+01:00", "2022-01-18T10:00:00+01:00", "second"),
        ("2022-01-18T10:00:00+0100", "2022-01-18T10:00:00+01:00", "second"),
        ("2022-01-18 10:00", "2022-01-18T10:00:00+00:00", "minute"),
        ("2022-01-18T10:00:00.123Z", "2022-01-18T10:00:00.123000+00:00", "second"),
        ("Tue, 18 Jan 2022 10:00:00 GMT", "2022-01-18T10:00:00+00:00", "second"),
        ("Tue, 18 Jan 2022 10:00:00 -0500", "2022-01-18T10:00:00-05:00", "second"),
        ("January 18, 2022 10:05 PM EST", "2022-01-18T22:05:00-05:00", "minute"),
        ("Jan. 18th, 2022", "2022-01-18T00:00:00+00:00", "day"),
        ("18. Januar 2022, 10:05 Uhr", "2022-01-18T10:05:00+00:00", "minute"),
        ("18 de enero de 2022 a las 10:05", "2022-01-18T10:05:00+00:00", "minute"),
        ("18 janvier 2022 à 10h05", "2022-01-18T10:05:00+00:00", "minute"),
        ("18 января 2022 г. 10:00 MSK", "2022-01-18T10:00:00+03:00", "minute"),
        ("2022年1月18日 10:05", "2022-01-18T10:05:00+00:00", "minute"),
        ("2022년 1월 18일 오후 3:05", "2022-01-18T15:05:00+00:00", "minute"),
        ("١٨ يناير ٢٠٢٢", "2022-01-18T00:00:00+00:00", "day"),
        ("18.01.2022 - 10:05", "2022-01-18T10:05:00+00:00", "minute"),
        ("13/04/2026", "2026-04-13T00:00:00+00:00", "day"),
        ("18.01.98", "1998-01-18T00:00:00+00:00", "day"),
        ("1642500000", "2022-01-18T10:00:00+00:00", "second"),
        ("1642500000123", "2022-01-18T10:00:00.123000+00:00", "second"),
        ("March 2, 2026 10:05 PT", "2026-03-02T10:05:00-08:00", "minute"),
        ("2. März 2026, 10:05 MESZ", "2026-03-02T10:05:00+02:00", "minute"),
        ("12:05 am, 3 March 2020", "2020-03-03T00:05:00+00:00", "minute"),
    ],
)
def test_parse_date_parses(text: str, iso: str, precision: str) -> None:
    date = parse_date(text)

    assert date is not None
    assert (date.time.isoformat(), date.precision) == (iso, precision)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "May", "2022", "12", "03/04/2026", "2022-02-30", "32 May 2022", "1800-01-01",
     "99999999999999", "0000-00-00", "x" * 300, "2022-13-01T10:00:00"],
)  # fmt: skip
def test_parse_date_of_text_without_date_is_none(text: str) -> None:
    assert parse_date(text) is None


FIELD = [  # the spellings of reports from the field: language, text, time in UTC
    ("", "22/11/2026, 10:05 (GMT+7)", "2026-11-22T03:05"),
    ("", "22 Nov 2026 10:05 UTC+05:30", "2026-11-22T04:35"),
    ("", "22 Nov 2026 10:05 (UTC +5:30)", "2026-11-22T04:35"),
    ("", "22 Nov 2026 10:05 UTC−3", "2026-11-22T13:05"),
    ("", "2026-11-22T10:05:00+01:00[Europe/Oslo]", "2026-11-22T09:05"),
    ("", "Sun Nov 22 2026 10:05:00 GMT+0700 (Indochina Time)", "2026-11-22T03:05"),
    ("", "Nov. 22, 2026, 10:05 p.m. PT", "2026-11-23T06:05"),
    ("", "July 22, 2026, 10:05 p.m. PT", "2026-07-23T05:05"),
    ("", "July 22, 2026 10:05 am Eastern Time", "2026-07-22T14:05"),
    ("", "November 22, 2026 at 10:05 a.m. CT", "2026-11-22T16:05"),
    ("", "22 Nov 2026 10:05 HKT", "2026-11-22T02:05"),
    ("zh", "22 Nov 2026 10:05 CST", "2026-11-22T02:05"),
    ("en-IN", "22 Nov 2026 10:05 IST", "2026-11-22T04:35"),
    ("", "22 Nov 2026 10:05-11:25", "2026-11-22T10:05"),
    ("pl", "22 listopada 2026, 10:05", "2026-11-22T10:05"),
    ("hr", "22. listopada 2026. 10:05", "2026-10-22T10:05"),
    ("pl", "22 paź 2026", "2026-10-22T00:00"),
    ("", "١٥ تموز ٢٠٢٦", "2026-07-15T00:00"),
    ("", "22 تشرين الثاني 2026", "2026-11-22T00:00"),
    ("", "22 كانون الثاني 2026 10:30 م", "2026-01-22T22:30"),
    ("", "2026. 11. 22. 15:05", "2026-11-22T15:05"),
    ("", "2026.11.22. 오후 3:05", "2026-11-22T15:05"),
    ("", "2026年11月22日 下午3点5分", "2026-11-22T15:05"),
    ("", "令和8年11月22日 午後3時5分", "2026-11-22T15:05"),
    ("hu", "2026. november 22., du. 3:05", "2026-11-22T15:05"),
    ("es", "22 de noviembre de 2026 a las 10:05 de la noche", "2026-11-22T22:05"),
    ("el", "22 Νοεμβρίου 2026 10:05 μ.μ.", "2026-11-22T22:05"),
    ("th", "22 พฤศจิกายน 2569 10:05 น.", "2026-11-22T10:05"),
    ("vi", "Ngày 22 tháng 11 năm 2026, 10:05 (GMT+7)", "2026-11-22T03:05"),
    ("", "Sun, 22 Nov 26 10:00:00 GMT", "2026-11-22T10:00"),
    ("", "Nov 22, '26", "2026-11-22T00:00"),
    ("", "Sun Nov 22 10:00:00 EST 2026", "2026-11-22T15:00"),
    ("", "Sun Nov 22 10:00:00 GMT+01:00 2026", "2026-11-22T09:00"),
    ("", "22 ноя 2026 10:00", "2026-11-22T10:00"),
    ("", "2026-11-22T24:00:00Z", "2026-11-23T00:00"),
    ("", "22.11.2026, 10.05 Uhr MEZ", "2026-11-22T09:05"),
    ("", "12 noon, 22 November 2026", "2026-11-22T12:00"),
    ("", "12:05 a.m., 22 November 2026", "2026-11-22T00:05"),
    ("fr", "03/04/2026", "2026-04-03T00:00"),
    ("en-US", "03/04/2026", "2026-03-04T00:00"),
]


@pytest.mark.parametrize(("language", "text", "expected"), FIELD)
def test_parse_date_reads_spellings_of_the_field(language: str, text: str, expected: str) -> None:
    date = parse_date(text, language=language)

    assert date is not None
    assert date.time.astimezone(UTC).isoformat()[:16] == expected


@pytest.mark.parametrize("language", sorted(set(time_words()["months"]) - {"cy"}))
@pytest.mark.parametrize("style", ["long", "medium"])
@pytest.mark.parametrize("month", [1, 5, 11])
def test_parse_date_reads_what_cldr_writes(language: str, style: str, month: int) -> None:
    day = datetime(2026, month, 22, 15, 5, tzinfo=UTC)

    date = parse_date(
        f"{format_date(day, style, language)} {format_time(day, 'short', locale=language)}",
        language=language,
    )

    assert date is not None
    assert date.time == day


@pytest.mark.parametrize("text", ["22 листопада", "May 2026", "in May 5 people", "v1.2026.11.2"])
def test_parse_date_completes_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("noise", ["a ", "Nov ", "22 ", "10:05 ", "م ", "GMT+", "tháng 1 "])
def test_parse_date_is_fast_for_long_text(noise: str) -> None:
    start = time.process_time()

    parse_date((noise * 200)[:200])

    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(("month_first", "month"), [(True, 3), (False, 4)])
def test_parse_date_uses_month_first(month_first: bool, month: int) -> None:  # noqa: FBT001
    date = parse_date("03/04/2026", month_first=month_first)

    assert date is not None
    assert date.time.month == month
