"""The file of channels: its values, and errors without secrets."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from streams.config.channels import (
    AppriseService,
    ChannelError,
    Channels,
    Email,
    KafkaTopic,
    Webhook,
    check_channel,
)
from streams.config.channels_file import load_channels, parse_channels, watched_channels

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

EVERY_KIND = f"""
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


def test_parse_channels_reads_every_kind() -> None:
    channels = parse_channels(EVERY_KIND, environment={"CHAT": "slack://a/b/c"})
    kinds = [channel.kind for channel in channels.named.values()]

    assert [type(kind) for kind in kinds] == [Webhook, Email, AppriseService, KafkaTopic]
    assert channels.private_hosts == {"127.0.0.1"}
    assert channels.named["desk"].tokens == {"desk"}


def test_parse_channels_reads_secret_from_environment() -> None:
    channels = parse_channels(
        '[a]\nwebhook = "env:URL"\nsecret = "env:KEY"',
        environment={"URL": "https://a.test/", "KEY": KEY},
    ).named["a"]

    assert isinstance(channels.kind, Webhook)
    assert channels.kind.secret is not None
    assert channels.kind.secret.get_secret_value() == KEY
    assert channels.kind.url.get_secret_value() == "https://a.test/"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "not valid TOML"),
        ("a = 1", "a channel is a table"),
        ("[A]\ntopic = 'x'", r"\[A\]: invalid channel name"),
        ("[a]\nwebhok = 'https://a.test/s3cret'", r"\[a\] webhok: unknown; known here: webhook"),
        ("[a]\ntopics = 'x'\ntokens = ['b']", r"\[a\] topics: unknown"),
        ("allow_private_host = ['a']", "allow_private_host: unknown; the only key outside"),
        ("[a]", "give exactly one"),
        ("# ours\n[a]\ntopic = 'x'\n\n[b]\ntopic = 7", r"^channels.toml:6: \[b\] topic: give the"),
        ("[a]\ntpoic = 'x'", r'^channels.toml:2: \[a\] tpoic: unknown; .*; did you mean "topic"'),
        ("[a]\nwebhook = 'https://a.test/'\nsecert = 's3cret'", 'did you mean "secret"'),
        ("allow_private_hosts = 's3cret'", ":1: allow_private_hosts: give a list"),
        ("[a]\ntopic = 'x'\nwebhook = 'https://a.test/'", "give exactly one"),
        ("[a]\nwebhook = 'gopher://a.test/s3cret'", r"\[a\] webhook: a webhook's address"),
        ("[a]\nwebhook = 'https://a.test/'\nsecret = 's3cret'", r"\[a\] secret: give whsec_"),
        ("[a]\nwebhook = 'https://a.test/'\nkey = 's3cret'", r"\[a\] key: unknown"),
        ("[a]\nwebhook = 'env:NOWHERE'", "environment variable NOWHERE is not set"),
        ("[a]\nwebhook = 3", "give a text"),
        ("[a]\ntopic = 'x'\ntokens = 's3cret'", r"\[a\] tokens: give a list"),
        ("[a]\ntopic = 'alerts.v1'", "not one of the pipeline's"),
        ("[a]\ntopic = 'routed.x.v1'", "not one of the pipeline's"),
        ("[a]\nemail = 'mail.test'\nfrom = 'a@b'\nto = ['a@b']", "give smtp://"),
        ("[a]\nemail = 'smtp://mail.test'\nto = ['a@b']", r"\[a\] from: missing; give addresses"),
        ("[a]\nemail = 'smtp://mail.test'\nfrom = 'a@b'", "at least one"),
        ("[a]\nemail = 'smtp://m'\nfrom = 'a@b'\nto = ['a@b\\nBcc: x@y']", r"\[a\] to: give addr"),
        ("[a]\nemail = 'smtp://m'\nfrom = 'a@b'\nto = ['a@b']\nstarttls = 1", "true or false"),
        ("[a]\napprise = 's3cret'", "a URL of apprise"),
    ],
)
def test_parse_channels_error_hides_secrets(text: str, message: str) -> None:
    with pytest.raises(ChannelError, match=message) as raised:
        parse_channels(text, environment={})

    assert "s3cret" not in str(raised.value)


def test_load_channels_without_file_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_channels() == Channels()


def test_load_channels_refuses_missing_named_file(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="no-file"):
        load_channels(tmp_path / "no-file.toml")


def test_load_channels_reads_file(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[bus]\ntopic = "our.alerts"')

    assert load_channels(file).named["bus"].kind == KafkaTopic(topic="our.alerts")


def test_watched_channels_reload_on_change(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[bus]\ntopic = "our.alerts"\n')
    watched = watched_channels(file)

    file.write_text('[bus]\ntopic = "our.alerts"\n[desk]\nwebhook = "https://desk.test/"\n')

    assert [watched.refresh(), watched.refresh()] == [True, False]
    assert set(watched.value.named) == {"bus", "desk"}


def test_watched_channels_keep_value_when_file_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "channels.toml"
    file.write_text('[bus]\ntopic = "our.alerts"\n')
    watched = watched_channels(file)

    file.unlink()

    assert not watched.refresh()
    assert set(watched.value.named) == {"bus"}


def test_private_hosts_of_tokens() -> None:
    channels = parse_channels(
        'allow_private_hosts = ["a.test", {host = "b.test:81", tokens = ["desk", "me"]}]'
    )

    assert channels.private_hosts_for("me") == {"a.test", "b.test:81"}
    assert channels.private_hosts_for("other") == {"a.test"}
    assert channels.private_hosts_for("") == {"a.test", "b.test:81"}


@pytest.mark.parametrize(
    ("owner", "address", "allowed"),
    [
        ("me", "http://10.0.0.5:81/x", True),
        ("me", "http://10.0.0.5:82/x", False),
        ("other", "http://10.0.0.5:81/x", False),
        ("other", "http://10.0.0.6:9/x", True),
        ("me", "http://2130706433/x", False),
        ("me", "http://localhost./x", False),
        ("me", "http://a.localhost/x", False),
    ],
)
def test_webhook_of_token_reaches_its_private_hosts(
    owner: str, address: str, *, allowed: bool
) -> None:
    channels = parse_channels(
        'allow_private_hosts = ["10.0.0.6", {host = "10.0.0.5:81", tokens = ["me"]}]'
    )
    context = nullcontext() if allowed else pytest.raises(ChannelError)

    with context:
        check_channel(channels, address, owner=owner)


def test_former_secrets_are_read_and_checked() -> None:
    old = "whsec_" + "b2xk" * 8
    text = f'[hook]\nwebhook = "https://a.test/"\nformer_secrets = ["{old}"]'

    kind = parse_channels(text).named["hook"].kind

    assert [each.get_secret_value() for each in kind.former_secrets] == [old]
    with pytest.raises(ChannelError, match="former_secrets: give at most three"):
        parse_channels(text.replace(old, "s3cret"))
