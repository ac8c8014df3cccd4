"""Tables for channels of other packages: validated by the package, named without their secrets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.config.channels import ChannelError, Plugin
from streams.config.channels_file import parse_channels
from streams.extensions import CHANNELS, installed
from tests.support.channels import Pager, PagerOptions
from tests.support.packages import install

HERE = "tests.support.channels"
SECRET = "s3cret"  # noqa: S105  # of no service


@pytest.fixture(autouse=True)
def _packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with a sound channel, and one with broken ones."""
    sound = {"pager": f"{HERE}:Pager", "twice": f"{HERE}:Pager"}
    broken = {"bare": f"{HERE}:NoOptions", "away": "nowhere.at_all:Channel", "twice": f"{HERE}:X"}
    install(tmp_path / "sound", monkeypatch, "news-pager", {CHANNELS: sound})
    install(tmp_path / "broken", monkeypatch, "news-broken", {CHANNELS: broken})
    yield
    monkeypatch.undo()
    installed.cache_clear()


def plugin(text: str) -> Plugin:
    """The one channel of a file."""
    found = parse_channels(text, environment={"TOKEN": SECRET}).named["a"].kind
    assert isinstance(found, Plugin)
    return found


def test_table_becomes_the_options_of_the_package() -> None:
    found = plugin(f'[a]\npager = "desk"\ntoken = "{SECRET}"\nport = 9\ntokens = ["*"]')

    assert (found.name, found.package, found.factory) == ("pager", "news-pager 1.0", Pager)
    assert isinstance(found.options, PagerOptions)
    assert (found.options.pager, found.options.port, found.options.level) == ("desk", 9, "low")
    assert found.secrets == {SECRET}


def test_option_may_be_in_the_environment() -> None:
    found = plugin('[a]\npager = "env:TOKEN"\ntoken = "x"')

    assert found.options.pager == SECRET
    assert found.secrets == {SECRET, "x"}


def test_plugin_is_shown_without_its_options() -> None:
    assert SECRET not in repr(plugin(f'[a]\npager = "env:TOKEN"\ntoken = "{SECRET}"'))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pager = 'x'", r"pager: Object missing required field `token`"),
        ("pager = 'x'\ntoken = 3", r"pager: give a text - at `\$\.token`"),
        ("pager = 'x'\ntoken = 's3cret'\nport = 'y'", r"Expected `int`, got `str` - at `\$\.port`"),
        ("pager = 'x'\ntokn = 's3cret'", r"tokn: unknown; known here: pager, token, port, level"),
        ("pager = 'x'\ntoken = 'y'\nlevel = 'env:TOKEN'", r"Invalid enum value '\*\*\*'"),
        ("pager = 'env:NOWHERE'", "pager: the environment has no NOWHERE"),
        ("bare = 'x'", "bare: package news-broken 1.0: its channel needs a method send, and"),
        ("away = 'x'", "away: package news-broken 1.0: loading nowhere.at_all:Channel for news_"),
        ("twice = 'x'", "offered by news-broken 1.0 and news-pager 1.0; uninstall one"),
    ],
)
def test_table_that_cannot_be_used_is_named_without_its_secrets(text: str, said: str) -> None:
    with pytest.raises(ChannelError, match=rf"^channels\.toml:\d: \[a\].*{said}") as raised:
        plugin(f"[a]\n{text}")

    assert SECRET not in str(raised.value)


def test_unknown_kind_lists_those_of_packages() -> None:
    with pytest.raises(ChannelError, match=r"known here: webhook, email, apprise, topic,.* pager"):
        plugin("[a]\npagr = 'x'")


def test_kind_of_ours_wins() -> None:
    with pytest.raises(ChannelError, match="pager: unknown; known here: tokens, topic"):
        plugin("[a]\ntopic = 'x'\npager = 'y'")
