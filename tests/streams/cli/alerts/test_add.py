"""``streams alerts add``: the token that owns a search."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.cli.alerts._parse import NONE, SearchOptions, apply_options
from streams.cli.alerts.add import check_owner
from streams.config.channels import Channels
from streams.config.tokens_file import add_token
from streams.errors import UsageError
from streams.records import Subscription
from streams.settings import Settings


def test_owner_is_a_token(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    add_token(settings.tokens_file, "desk", ["alerts"], created=datetime(2026, 3, 2, tzinfo=UTC))

    check_owner(settings, "desk")
    with pytest.raises(UsageError, match="--owner dsk: there is no such token; there are: desk"):
        check_owner(settings, "dsk")


@pytest.mark.parametrize(("owner", "expected"), [("desk", "desk"), (NONE, ""), (None, "me")])
def test_owner_is_changed_if_given(owner: str | None, expected: str) -> None:
    search = Subscription(id="rates", query="rate", owner="me")

    assert apply_options(search, SearchOptions(owner=owner), Channels()).owner == expected
