from pathlib import Path

import pytest

from streams.config.feeds import FeedEntry, Login, parse_feeds
from streams.errors import UsageError
from streams.sources.feeds.login import read_credentials

URL = "https://paid.test/rss"
SECRET = "t0p-secret"  # noqa: S105


def feed(login: Login, place: str = "env:PAID", **more: str) -> FeedEntry:
    """Return a feed with a login."""
    return FeedEntry(url=URL, login=login, secret=place, **more)


@pytest.mark.parametrize(
    ("entry", "header"),
    [
        (feed(Login.BASIC, login_user="desk"), ("Authorization", "Basic ZGVzazp0MHAtc2VjcmV0")),
        (feed(Login.HEADER, login_header="X-Api-Key"), ("X-Api-Key", SECRET)),
        (feed(Login.COOKIE), ("Cookie", SECRET)),
    ],
)
def test_credentials_of_each_kind(entry: FeedEntry, header: tuple[str, str]) -> None:
    credentials = read_credentials(entry, {"PAID": SECRET + "\n"})

    assert credentials is not None
    assert (credentials.name, credentials.value) == header
    assert str(credentials.origin) == "https://paid.test"
    assert header[1] not in repr(credentials)


def test_secret_is_read_from_file_each_time(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    entry = feed(Login.COOKIE, f"file:{file}")
    values = []
    for text in ("a=1\n", "a=2\r\n"):
        file.write_text(text)
        credentials = read_credentials(entry, {})
        values.append(credentials and credentials.value)

    assert values == ["a=1", "a=2"]


def test_feed_without_login_has_no_credentials() -> None:
    assert read_credentials(FeedEntry(url=URL), {"PAID": SECRET}) is None


@pytest.mark.parametrize("value", ["", "\n", f"{SECRET}\r\nX-Evil: 1", SECRET * 2000, "a\x00b"])
def test_secret_that_no_header_can_have_is_refused(value: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_credentials(feed(Login.COOKIE), {"PAID": value})

    assert "PAID" in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_unreadable_secret_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UsageError, match=str(file)):
        read_credentials(feed(Login.COOKIE, f"file:{file}"), {})


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('login = "basic"\nsecret = "env:A"', 'x:3: login: login = "basic" also needs login_user'),
        ('login = "basic"\nlogin_user = "a:b"', "x:4: login_user: give a user name"),
        ('login = "header"\nsecret = "env:A"', 'login = "header" also needs login_header'),
        (
            'login = "header"\nlogin_header = "Host"\nsecret = "env:A"',
            "login_header: give the name",
        ),
        ('login = "cookie"', 'login = "cookie" also needs secret'),
        ('login = "cookie"\nsecret = "t0p-secret"', "secret: give env:NAME or file:PATH"),
        ('login = "cookie"\nsecret = "env:A"\nlogin_user = "b"', "has no login_user"),
        ('secret = "env:A"', "a feed without login has no secret"),
        ('login = "digest"', "login: give one of basic, header, cookie"),
    ],
)
def test_incomplete_login_is_refused(lines: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_feeds(f'[[feed]]\nurl = "{URL}"\n{lines}', file="x")

    assert message in str(raised.value)
    assert SECRET not in str(raised.value)
