"""Channels: labels without secrets, and who may use which."""

import pytest

from streams.config.channels import (
    Channel,
    ChannelError,
    Channels,
    Webhook,
    channel_label,
    channel_of,
)
from streams.config.channels_file import parse_channels

ADDRESS = "https://hooks.news.test/T0/verysecret"
CHANNELS = parse_channels(
    '[desk]\nwebhook = "https://desk.test/in"\ntokens = ["desk"]\n'
    '[all]\nwebhook = "https://all.test/in"\ntokens = ["*"]\n'
    '[mine]\nwebhook = "https://mine.test/in"'
)


def test_a_label_of_an_address_has_its_host_and_nothing_secret() -> None:
    label = channel_label(ADDRESS)

    assert label.startswith("hooks.news.test#")
    assert "secret" not in label


def test_no_repr_shows_an_address_or_a_secret() -> None:
    channels = parse_channels(f'[desk]\nwebhook = "{ADDRESS}"\nsecret = "whsec_{"c2VjcmV0" * 4}"')

    assert "verysecret" not in repr(channels)
    assert "c2VjcmV0" not in repr(channels)


@pytest.mark.parametrize(
    ("owner", "names"),
    [("", {"desk", "all", "mine"}), ("desk", {"desk", "all"}), ("other", {"all"})],
)
def test_a_token_has_the_channels_that_name_it_and_the_command_line_all(
    owner: str, names: set[str]
) -> None:
    def usable(name: str) -> bool:
        try:
            return channel_of(CHANNELS, name, owner=owner).label == name
        except ChannelError:
            return False

    assert {name for name in CHANNELS.named if usable(name)} == names


def test_what_a_token_may_not_use_is_refused_as_if_it_were_not_there() -> None:
    with pytest.raises(ChannelError, match="there are: all;"):
        channel_of(CHANNELS, "mine", owner="other")


def test_an_address_is_a_webhook_with_a_secret_of_its_own() -> None:
    found = channel_of(Channels(), ADDRESS, owner="other")

    assert isinstance(found, Channel)
    assert isinstance(found.kind, Webhook)
    assert found.kind.secret is None


@pytest.mark.parametrize(
    "address",
    ["ftp://news.test/", "https://user:word@news.test/", "http://", "https://[x/", "a://"],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ChannelError, match="webhook's address"):
        channel_of(Channels(), address, owner="")
