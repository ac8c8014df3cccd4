"""The operator's file of channels: TOML in, checked channels out, no secret in any message."""

import base64
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from yarl import URL

from streams.config.channel_plugin import plugin_channel, plugin_named
from streams.config.channels import (
    AppriseService,
    Channel,
    ChannelError,
    ChannelKind,
    Channels,
    Email,
    KafkaTopic,
    Plugin,
    Webhook,
    check_webhook_url,
)
from streams.extensions import CHANNELS, installed
from streams.records.topics import TOPICS

HERE: Final = Path("channels.toml")
"""Taken from the working directory when no file is named."""

CHANNEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

MAIL_ADDRESS: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
TOPIC_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,249}")
"""Kafka's rule for names of topics."""


def load_channels(path: Path | None = None) -> Channels:
    """Read the channels.

    Args:
        path: Their file; none: ``channels.toml`` in the working directory, if it is there.

    Raises:
        ChannelError: If it cannot be read or used; the message names table and key.
    """
    file = path or HERE
    if path is None and not file.is_file():
        return Channels()
    try:
        return parse_channels(file.read_text("utf-8-sig"), file=str(file))
    except OSError as error:
        raise ChannelError(f"reading the channels in {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ChannelError(f"{file}: not UTF-8: {error.reason}") from error


def parse_channels(
    text: str, *, file: str = "channels.toml", environment: Mapping[str, str] = os.environ
) -> Channels:
    r"""Check the text of a file of channels.

    Args:
        text: TOML.
        file: What messages call it.
        environment: Where ``env:NAME`` is looked up.

    Raises:
        ChannelError: If it cannot be used.

    Examples:
        >>> found = parse_channels('[bus]\ntopic = "our.alerts"')
        >>> found.named["bus"].kind
        KafkaTopic(topic='our.alerts')
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ChannelError(f"{file}: not valid TOML: {error}") from None
    hosts = _Table(file, "", tables, environment).texts("allow_private_hosts")
    tables.pop("allow_private_hosts", None)
    named = {}
    for name, content in tables.items():
        if not isinstance(content, dict):
            raise ChannelError(
                f"{file}: {name}: unknown; above the channels stands allow_private_hosts only, "
                "and a channel is a table: [name]"
            )
        if not CHANNEL_NAME.fullmatch(name):
            raise ChannelError(
                f"{file}: [{name}]: the name of a channel is of small letters, digits, - and _, "
                "at most 60"
            )
        named[name] = _channel(_Table(file, name, content, environment))
    return Channels(named=named, private_hosts=frozenset(hosts))


class _Table:
    """One table of the file; takes its keys, and complains by their names."""

    def __init__(
        self, file: str, name: str, content: dict[str, Any], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self._file = file
        self._content = content
        self._environment = environment

    def problem(self, key: str, what: str) -> ChannelError:
        return ChannelError(f"{self._file}: [{self.name}] {key}: {what}")

    def only(self, *known: str) -> None:
        for key in self._content:
            if key not in known:
                raise self.problem(key, f"unknown; known here: {', '.join(known)}")

    def has(self, key: str) -> bool:
        return key in self._content

    def text(self, key: str) -> str:
        value = self._content.get(key, "")
        if not isinstance(value, str) or not value.strip():
            raise self.problem(key, "give a text")
        return self._resolved(key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.problem(key, 'give a list of texts, such as ["desk"]')
        return tuple(self._resolved(key, one) for one in value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._content.get(key, default)
        if not isinstance(value, bool):
            raise self.problem(key, "say true or false")
        return value

    def keys(self) -> tuple[str, ...]:
        return tuple(self._content)

    def plugin(self, name: str) -> Plugin:
        """Give the channel of another package that all keys but ``tokens`` are for."""
        options = {key: self._value(key) for key in self._content if key != "tokens"}
        secrets = [
            value
            for key, value in options.items()
            if isinstance(value, str) and value != self._content[key]
        ]
        try:
            return plugin_channel(name, options, secrets=secrets)
        except ChannelError as error:
            raise ChannelError(f"{self._file}: [{self.name}] {error}") from error

    def _value(self, key: str) -> Any:
        value = self._content[key]
        return self._resolved(key, value) if isinstance(value, str) else value

    def _resolved(self, key: str, value: str) -> str:
        if not value.startswith("env:"):
            return value
        found = self._environment.get(value[4:], "")
        if not found:
            raise self.problem(key, f"the environment has no {value[4:]}")
        return found


def _channel(table: _Table) -> Channel:
    makers: dict[str, Callable[[_Table], ChannelKind]] = {
        "webhook": _webhook,
        "email": _mail,
        "apprise": _apprise,
        "topic": _topic,
    }
    given = [key for key in makers if table.has(key)]
    if not given and (plugin := plugin_named(table.keys())):
        return Channel(
            label=table.name, kind=table.plugin(plugin), tokens=frozenset(table.texts("tokens"))
        )
    if not given:
        table.only(*makers, *installed(CHANNELS), "secret", "from", "to", "starttls", "tokens")
    if len(given) != 1:
        raise table.problem("webhook, email, apprise or topic", "give just one of them")
    kind = makers[given[0]](table)
    return Channel(label=table.name, kind=kind, tokens=frozenset(table.texts("tokens")))


def _webhook(table: _Table) -> Webhook:
    table.only("webhook", "secret", "tokens")
    try:
        url = check_webhook_url(table.text("webhook"))
    except ChannelError as error:
        raise table.problem("webhook", str(error)) from None
    if not table.has("secret"):
        return Webhook(url=url)
    secret = table.text("secret")
    if not _is_secret(secret):
        raise table.problem("secret", "give whsec_ and the base64 of 24 to 64 bytes")
    return Webhook(url=url, secret=SecretStr(secret))


def _is_secret(text: str) -> bool:
    """Whether it is a secret as the Standard Webhooks specification wants it."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64  # noqa: PLR2004  # its limits


def _mail(table: _Table) -> Email:
    table.only("email", "from", "to", "starttls", "tokens")
    address = table.text("email")
    try:
        url = URL(address)
        sound = url.scheme in {"smtp", "smtps"} and bool(url.host)
    except ValueError:
        sound = False
    if not sound:
        raise table.problem("email", "give smtp://USER:PASSWORD@HOST:587 or smtps://…")
    to = table.texts("to")
    sender = table.text("from") if table.has("from") else ""
    for key, one in [("from", sender), *(("to", each) for each in to)]:
        if not MAIL_ADDRESS.fullmatch(one):
            raise table.problem(key, "give addresses such as desk@example.org")
    if not to:
        raise table.problem("to", "give at least one address")
    starttls = table.flag("starttls", default=True)
    return Email(url=SecretStr(address), sender=sender, to=to, starttls=starttls)


def _apprise(table: _Table) -> AppriseService:
    table.only("apprise", "tokens")
    url = table.text("apprise")
    if "://" not in url:
        raise table.problem("apprise", "give a URL of apprise, such as slack://…")
    return AppriseService(url=SecretStr(url))


def _topic(table: _Table) -> KafkaTopic:
    table.only("topic", "tokens")
    topic = table.text("topic")
    ours = {one.name for one in TOPICS}
    if not TOPIC_NAME.fullmatch(topic) or topic in ours or topic.startswith("routed."):
        raise table.problem("topic", "give the name of a topic of yours, none of the pipeline's")
    return KafkaTopic(topic=topic)
