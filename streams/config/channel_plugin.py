"""Tables of channels.toml for channels of other packages (`news_streams.channels`)."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec
from pydantic import SecretStr

from streams.config.channels import ChannelError, Plugin
from streams.extensions import CHANNELS, ExtensionError, installed, load_installed

HIDDEN: Final = "***"
"""Stands where a secret was."""


def plugin_named(keys: Collection[str]) -> str:
    """Give the kind of a table: the first of its keys that an installed package offers.

    Args:
        keys: Of the table, in their order.

    Returns:
        Its name; empty: no package offers any of them.
    """
    return next((key for key in keys if key in installed(CHANNELS)), "")


def plugin_channel(name: str, options: Mapping[str, Any], *, secrets: Collection[str]) -> Plugin:
    """Load a channel, and validate the options of its table by its class ``Options``.

    Args:
        name: Of its entry point.
        options: The table.
        secrets: Values that came from the environment.

    Raises:
        ChannelError: If the package cannot be loaded, or an option cannot be used; the
            message begins with the option, and shows no secret.
    """
    try:
        factory, package = load_installed(CHANNELS, name)
    except ExtensionError as error:
        raise ChannelError(f"{name}: {error}") from error
    options_type = getattr(factory, "Options", None)
    known = _fields(options_type)
    if not known or not callable(getattr(factory, "send", None)):
        raise ChannelError(
            f"{name}: package {package}: its channel needs a method send, and a class Options "
            "with at least one field"
        )
    for key in options:
        if key not in known:
            raise ChannelError(f"{key}: unknown; known here: {', '.join(known)}, tokens")
    try:
        found = msgspec.convert(options, options_type, dec_hook=_secret)
    except msgspec.ValidationError as error:
        raise ChannelError(f"{name}: {_hidden(str(error), secrets)}") from None
    own = {
        value.get_secret_value()
        for value in (getattr(found, key) for key in known.values())
        if isinstance(value, SecretStr)
    }
    return Plugin(
        name=name,
        package=package,
        factory=factory,
        options=found,
        secrets=frozenset(filter(None, {*own, *secrets})),
    )


def _fields(options_type: Any) -> dict[str, str]:
    """List the keys that options may have, each with its attribute; none: no such class."""
    try:
        info = msgspec.inspect.type_info(options_type)
    except TypeError:
        return {}
    if not isinstance(info, msgspec.inspect.StructType | msgspec.inspect.DataclassType):
        return {}
    return {field.encode_name: field.name for field in info.fields}


def _secret(wanted: type, value: object) -> object:
    if wanted is SecretStr and isinstance(value, str):
        return SecretStr(value)
    raise ValueError("give a text")


def _hidden(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
