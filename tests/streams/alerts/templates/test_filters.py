"""The filters of templates."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from jinja2 import TemplateError
from markupsafe import Markup

from streams.alerts.templates.filters import date, default, http_url, join, truncate
from tests.support.strategies import TEXT


def test_date_formats_time() -> None:
    moment = datetime(2026, 3, 2, 8, 5, tzinfo=UTC)

    assert date(moment) == "2 March 2026, 08:05 UTC"
    assert date(moment, "%d.%m.%Y") == "02.03.2026"
    assert date(None) == ""


@pytest.mark.parametrize("pattern", ["%1000000000d", "%Q", "%", "x" * 101, "%_9d"])
def test_date_refuses_unknown_patterns(pattern: str) -> None:
    with pytest.raises(TemplateError, match="date cannot use"):
        date(datetime(2026, 3, 2, tzinfo=UTC), pattern)


def test_join_keeps_escaping() -> None:
    assert join(["a", Markup("<b>")], "&") == Markup("a&amp;<b>")
    assert join(["a", "<"], "&") == "a&<"


def test_truncate_cuts_at_a_space() -> None:
    assert truncate("interest rates rise", 16) == "interest rates…"
    assert truncate("interest", 16) == "interest"


def test_default_replaces_empty_values() -> None:
    assert default("", "none") == "none"
    assert default("some", "none") == "some"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://news.test/a?b=1&c=2#d", "https://news.test/a?b=1&c=2#d"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https:/news.test", ""),
        ("https://[", ""),
        ('https://news.test/"onclick="x', "https://news.test/%22onclick=%22x"),
        ("https://news.test/a)b(", "https://news.test/a%29b%28"),
        ("https://news.test/<b>\n", "https://news.test/%3Cb%3E"),
    ],
)
def test_http_url_accepts_only_http_links(url: str, link: str) -> None:
    assert http_url(url).removesuffix("%0A") == link


@given(TEXT)
def test_http_url_contains_no_markup(text: str) -> None:
    assert not set(http_url(f"https://news.test/{text}")) & set("<>\"'() \n\\`")
