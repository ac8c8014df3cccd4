"""Options of a saved search, and errors in them."""

from pathlib import Path

import pytest

from streams.cli.alerts._parse import SearchOptions, apply_options
from streams.config.channels import Channels
from streams.config.channels_file import parse_channels
from streams.errors import UsageError
from streams.records import AlertKind, QuietHours, Subscription

DESK = parse_channels('[desk]\nwebhook = "https://desk.test/hook"')
BEFORE = Subscription(
    id="rates",
    query="rate",
    name="Rates",
    channels=("desk",),
    digest_minutes=15,
    quiet=QuietHours(start="22:00", end="07:00"),
    title_template="{{ count }}",
)


def after(**wishes: object) -> Subscription:
    return apply_options(BEFORE, SearchOptions(**wishes), DESK)


def test_options_not_given_keep_fields() -> None:
    assert after() == BEFORE


def test_every_option_is_applied(tmp_path: Path) -> None:
    body = tmp_path / "body.j2"
    body.write_text("{{ alert.title }}")

    found = after(
        query="bank",
        name="Banks",
        kinds=[AlertKind.COPY, AlertKind.COPY],
        channels=["https://hooks.test/1", "desk"],
        digest="2h",
        quiet="9:00-10:30@Asia/Tokyo",
        max_per_hour=5,
        title="{{ alert.source }}",
        body=f"@{body}",
    )

    assert found == Subscription(
        id="rates",
        query="bank",
        name="Banks",
        kinds=(AlertKind.COPY,),
        channels=("https://hooks.test/1", "desk"),
        digest_minutes=120,
        quiet=QuietHours(start="09:00", end="10:30", zone="Asia/Tokyo"),
        max_per_hour=5,
        title_template="{{ alert.source }}",
        body_template="{{ alert.title }}",
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.7"])
def test_private_webhook_is_refused_with_remedy(host: str) -> None:
    with pytest.raises(UsageError, match="allow_private_hosts"):
        after(channels=[f"http://{host}:9555/hook"])


def test_private_webhook_is_accepted_if_allowed() -> None:
    allowed = parse_channels('allow_private_hosts = ["127.0.0.1"]')

    found = apply_options(BEFORE, SearchOptions(channels=["http://127.0.0.1:9555/hook"]), allowed)

    assert found.channels == ("http://127.0.0.1:9555/hook",)


def test_none_clears_option() -> None:
    found = after(channels=["none"], digest="none", quiet="none", title="none")

    assert (found.channels, found.digest_minutes, found.quiet) == ((), 0, None)
    assert found.title_template == ""


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"query": "the"}, "large part of all articles"),
        ({"query": "a )"}, "unexpected `\\)`"),
        ({"channels": ["nope"]}, "--channel: no channel 'nope' for you .* available: desk"),
        ({"channels": ["ftp://x.test"]}, "--channel: a webhook's address is https"),
        ({"digest": "soon"}, "--digest soon: expected 15m, 2h or 1d"),
        ({"digest": "8d"}, "--digest 8d: .* up to 7d"),
        ({"quiet": "22-7"}, "--quiet 22-7: expected 22:00-07:00@Europe/Berlin"),
        ({"quiet": "22:00-24:00"}, "from 00:00 to 23:59"),
        ({"quiet": "07:00-7:00"}, "two different times"),
        ({"quiet": "22:00-07:00@Mars/Base"}, "no time zone Mars/Base"),
        ({"title": "{{ alert.titel }}"}, "--title template, line 1: there is no `titel` here"),
        ({"body": "\n{% for %}"}, "--body template, line 2: "),
        ({"body": "@/nowhere/at/all"}, "--body @/nowhere/at/all: No such file"),
        ({"body": "x" * 20_001}, "cannot save this search"),
        ({"query": "bank" * 300}, "1,000|cannot save this search"),
    ],
)
def test_invalid_option_is_named(wishes: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        after(**wishes)


def test_removed_channel_is_kept_until_channels_given() -> None:
    assert apply_options(BEFORE, SearchOptions(name="Banks"), Channels()).channels == ("desk",)
