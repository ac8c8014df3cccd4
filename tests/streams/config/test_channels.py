"""Channels: labels without secrets, and the tokens that may use them."""

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


def test_channel_label_of_address_hides_secret() -> None:
    label = channel_label(ADDRESS)

    assert label.startswith("hooks.news.test#")
    assert "secret" not in label


def test_channels_repr_hides_addresses_and_secrets() -> None:
    channels = parse_channels(f'[desk]\nwebhook = "{ADDRESS}"\nsecret = "whsec_{"c2VjcmV0" * 4}"')

    assert "verysecret" not in repr(channels)
    assert "c2VjcmV0" not in repr(channels)


@pytest.mark.parametrize(
    ("owner", "names"),
    [("", {"desk", "all", "mine"}), ("desk", {"desk", "all"}), ("other", {"all"})],
)
def test_channel_of_respects_tokens(owner: str, names: set[str]) -> None:
    def usable(name: str) -> bool:
        try:
            return channel_of(CHANNELS, name, owner=owner).label == name
        except ChannelError:
            return False

    assert {name for name in CHANNELS.named if usable(name)} == names


def test_channel_of_does_not_reveal_other_channels() -> None:
    with pytest.raises(ChannelError, match="available: all;"):
        channel_of(CHANNELS, "mine", owner="other")


def test_channel_of_address_is_webhook_without_secret() -> None:
    channel = channel_of(Channels(), ADDRESS, owner="other")

    assert isinstance(channel, Channel)
    assert isinstance(channel.kind, Webhook)
    assert channel.kind.secret is None


@pytest.mark.parametrize(
    "address",
    ["ftp://news.test/", "https://user:word@news.test/", "http://", "https://[x/", "a://"],
)
def test_channel_of_refuses_invalid_address(address: str) -> None:
    with pytest.raises(ChannelError, match="webhook's address"):
        channel_of(Channels(), address, owner="")
