"""The file of channels: what can be said in it, and what is said of what cannot."""

from pathlib import Path

import pytest

from streams.config.channels import (
    AppriseService,
    ChannelError,
    Channels,
    Email,
    KafkaTopic,
    Webhook,
)
from streams.config.channels_file import load_channels, parse_channels, watched_channels

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

WHOLE = f"""
allow_private_hosts = ["127.0.0.1"]

[desk]
webhook = "https://desk.test/in"
secret = "{KEY}"
tokens = ["desk"]

[mail]
email = "smtp://me:env@mail.test:587"
from = "news@news.test"
to = ["a@news.test", "b@news.test"]

[chat]
apprise = "env:CHAT"

[bus]
topic = "our.alerts"
"""


def test_every_kind_can_be_said() -> None:
    found = parse_channels(WHOLE, environment={"CHAT": "slack://a/b/c"})
    kinds = [channel.kind for channel in found.named.values()]

    assert [type(kind) for kind in kinds] == [Webhook, Email, AppriseService, KafkaTopic]
    assert found.private_hosts == {"127.0.0.1"}
    assert found.named["desk"].tokens == {"desk"}


def test_a_secret_may_be_in_the_environment() -> None:
    found = parse_channels(
        '[a]\nwebhook = "env:URL"\nsecret = "env:KEY"',
        environment={"URL": "https://a.test/", "KEY": KEY},
    ).named["a"]

    assert isinstance(found.kind, Webhook)
    assert found.kind.secret is not None
    assert found.kind.secret.get_secret_value() == KEY
    assert found.kind.url.get_secret_value() == "https://a.test/"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a", "not valid TOML"),
        ("a = 1", "a channel is a table"),
        ("[A]\ntopic = 'x'", r"\[A\]: the name of a channel"),
        ("[a]\nwebhok = 'https://a.test/s3cret'", r"\[a\] webhok: unknown; known here: webhook"),
        ("[a]\ntopics = 'x'\ntokens = ['b']", r"\[a\] topics: unknown"),
        ("allow_private_host = ['a']", "allow_private_host: unknown; above the channels"),
        ("[a]", "give just one"),
        ("# ours\n[a]\ntopic = 'x'\n\n[b]\ntopic = 7", r"^channels.toml:6: \[b\] topic: give the"),
        ("[a]\ntpoic = 'x'", r'^channels.toml:2: \[a\] tpoic: unknown; .*; did you mean "topic"'),
        ("[a]\nwebhook = 'https://a.test/'\nsecert = 's3cret'", 'did you mean "secret"'),
        ("allow_private_hosts = 's3cret'", ":1: allow_private_hosts: give a list"),
        ("[a]\ntopic = 'x'\nwebhook = 'https://a.test/'", "give just one"),
        ("[a]\nwebhook = 'gopher://a.test/s3cret'", r"\[a\] webhook: a webhook's address"),
        ("[a]\nwebhook = 'https://a.test/'\nsecret = 's3cret'", r"\[a\] secret: give whsec_"),
        ("[a]\nwebhook = 'https://a.test/'\nkey = 's3cret'", r"\[a\] key: unknown"),
        ("[a]\nwebhook = 'env:NOWHERE'", "the environment has no NOWHERE"),
        ("[a]\nwebhook = 3", "give a text"),
        ("[a]\ntopic = 'x'\ntokens = 's3cret'", r"\[a\] tokens: give a list"),
        ("[a]\ntopic = 'alerts.v1'", "none of the pipeline's"),
        ("[a]\ntopic = 'routed.x.v1'", "none of the pipeline's"),
        ("[a]\nemail = 'mail.test'\nfrom = 'a@b'\nto = ['a@b']", "give smtp://"),
        ("[a]\nemail = 'smtp://mail.test'\nto = ['a@b']", r"\[a\] from: missing; give addresses"),
        ("[a]\nemail = 'smtp://mail.test'\nfrom = 'a@b'", "at least one"),
        ("[a]\nemail = 'smtp://m'\nfrom = 'a@b'\nto = ['a@b\\nBcc: x@y']", r"\[a\] to: give addr"),
        ("[a]\nemail = 'smtp://m'\nfrom = 'a@b'\nto = ['a@b']\nstarttls = 1", "true or false"),
        ("[a]\napprise = 's3cret'", "a URL of apprise"),
    ],
)
def test_what_cannot_be_used_is_named_without_its_secrets(text: str, said: str) -> None:
    with pytest.raises(ChannelError, match=said) as raised:
        parse_channels(text, environment={})

    assert "s3cret" not in str(raised.value)


def test_without_a_file_there_are_no_channels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_channels() == Channels()


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="no-file"):
        load_channels(tmp_path / "no-file.toml")


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[bus]\ntopic = "our.alerts"')

    assert load_channels(file).named["bus"].kind == KafkaTopic(topic="our.alerts")


def test_watched_channels_takes_a_change(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[bus]\ntopic = "our.alerts"\n')
    watched = watched_channels(file)

    file.write_text('[bus]\ntopic = "our.alerts"\n[desk]\nwebhook = "https://desk.test/"\n')

    assert [watched.refresh(), watched.refresh()] == [True, False]
    assert set(watched.value.named) == {"bus", "desk"}


def test_watched_channels_stay_when_a_file_that_was_named_goes_away(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[bus]\ntopic = "our.alerts"\n')
    watched = watched_channels(file)

    file.unlink()

    assert not watched.refresh()
    assert set(watched.value.named) == {"bus"}
