"""Tables of channels of other packages: validation by the package, errors without secrets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.config.channels import ChannelError, Plugin
from streams.config.channels_file import parse_channels
from streams.extensions import CHANNELS, installed
from tests.support.channels import Pager, PagerOptions
from tests.support.packages import install

MODULE = "tests.support.channels"
SECRET = "s3cret"  # noqa: S105  # of no service


@pytest.fixture(autouse=True)
def _packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install a package with a valid channel, and one with invalid channels."""
    sound = {"pager": f"{MODULE}:Pager", "twice": f"{MODULE}:Pager"}
    broken = {
        "bare": f"{MODULE}:NoOptions",
        "away": "nowhere.at_all:Channel",
        "twice": f"{MODULE}:X",
    }
    install(tmp_path / "sound", monkeypatch, "news-pager", {CHANNELS: sound})
    install(tmp_path / "broken", monkeypatch, "news-broken", {CHANNELS: broken})
    yield
    monkeypatch.undo()
    installed.cache_clear()


def parse_plugin(text: str) -> Plugin:
    """Return the channel of a file."""
    channel = parse_channels(text, environment={"TOKEN": SECRET}).named["a"].kind
    assert isinstance(channel, Plugin)
    return channel


def test_plugin_table_has_options() -> None:
    channel = parse_plugin(f'[a]\npager = "desk"\ntoken = "{SECRET}"\nport = 9\ntokens = ["*"]')

    assert (channel.name, channel.package, channel.factory) == ("pager", "news-pager 1.0", Pager)
    assert isinstance(channel.options, PagerOptions)
    assert (channel.options.pager, channel.options.port, channel.options.level) == (
        "desk",
        9,
        "low",
    )
    assert channel.secrets == {SECRET}


def test_plugin_option_from_environment() -> None:
    channel = parse_plugin('[a]\npager = "env:TOKEN"\ntoken = "x"')

    assert channel.options.pager == SECRET
    assert channel.secrets == {SECRET, "x"}


def test_plugin_repr_hides_options() -> None:
    assert SECRET not in repr(parse_plugin(f'[a]\npager = "env:TOKEN"\ntoken = "{SECRET}"'))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pager = 'x'", r"pager: Object missing required field `token`"),
        ("pager = 'x'\ntoken = 3", r"pager: give a text - at `\$\.token`"),
        ("pager = 'x'\ntoken = 's3cret'\nport = 'y'", r"Expected `int`, got `str` - at `\$\.port`"),
        ("pager = 'x'\ntokn = 's3cret'", r"tokn: unknown; known here: pager, token, port, level"),
        ("pager = 'x'\ntoken = 'y'\nlevel = 'env:TOKEN'", r"Invalid enum value '\*\*\*'"),
        ("pager = 'env:NOWHERE'", "pager: environment variable NOWHERE is not set"),
        ("bare = 'x'", "bare: package news-broken 1.0: its channel needs a method send, and"),
        ("away = 'x'", "away: package news-broken 1.0: loading nowhere.at_all:Channel for news_"),
        ("twice = 'x'", "offered by news-broken 1.0 and news-pager 1.0; uninstall one"),
    ],
)
def test_invalid_plugin_table_error_hides_secrets(text: str, message: str) -> None:
    with pytest.raises(ChannelError, match=rf"^channels\.toml:\d: \[a\].*{message}") as raised:
        parse_plugin(f"[a]\n{text}")

    assert SECRET not in str(raised.value)


def test_unknown_kind_error_lists_plugins() -> None:
    with pytest.raises(ChannelError, match=r"known here: webhook, email, apprise, topic,.* pager"):
        parse_plugin("[a]\npagr = 'x'")


def test_builtin_kind_has_precedence_over_plugin() -> None:
    with pytest.raises(ChannelError, match=r"pager: unknown; known here: .*topic"):
        parse_plugin("[a]\ntopic = 'x'\npager = 'y'")
