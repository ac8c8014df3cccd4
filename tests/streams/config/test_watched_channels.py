"""Channels change while a deliverer runs."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from streams.config.channels import ChannelError
from streams.config.watched_channels import WatchedChannels

BUS = '[bus]\ntopic = "our.alerts"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "channels.toml"
    path.write_text(BUS)
    return path


def test_a_change_is_taken_over_once(file: Path) -> None:
    watched = WatchedChannels(file)
    file.write_text(BUS + '[desk]\nwebhook = "https://desk.test/"\n')

    assert [watched.renew(), watched.renew()] == [True, False]
    assert set(watched.channels.named) == {"bus", "desk"}


def test_a_broken_version_changes_nothing_and_is_told_once(file: Path) -> None:
    watched = WatchedChannels(file)
    file.write_text("[bus")

    with capture_logs() as logs:
        assert [watched.renew(), watched.renew()] == [False, False]
    assert set(watched.channels.named) == {"bus"}
    assert [one["log_level"] for one in logs] == ["critical"]


def test_a_file_that_was_named_and_goes_away_changes_nothing(file: Path) -> None:
    watched = WatchedChannels(file)
    file.unlink()

    assert not watched.renew()
    assert set(watched.channels.named) == {"bus"}


def test_channels_that_cannot_be_used_at_the_start_are_an_error(file: Path) -> None:
    file.write_text("[bus")

    with pytest.raises(ChannelError, match="not valid TOML"):
        WatchedChannels(file)
