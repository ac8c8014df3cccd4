"""``streams alerts secret``: the secrets with which receivers check webhook signatures."""

import asyncio

import typer
from orjson import dumps

from streams.cli._arguments import JsonLines
from streams.cli._output.console import out
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._lookup import read_search
from streams.cli.alerts._options import SearchIdOption
from streams.config.channels import Channels, Webhook, channel_of
from streams.deliver.channels.signing import derived_secret, master_key
from streams.errors import UsageError
from streams.settings import Settings


def secret(id_: SearchIdOption, *, json_: JsonLines = False) -> None:
    """Show the secrets that sign the webhooks of a saved search, one for each address.

    They are derived from the key in the data folder, and change only if that key is lost. The
    secrets of the channels in channels.toml are in that file.

    **Examples:**

    - `streams alerts secret german-rates`
    - `streams alerts secret german-rates --json`
    """
    for channel, text in asyncio.run(read_secrets(settings_with_broker(), id_)).items():
        if json_:
            typer.echo(dumps({"channel": channel, "secret": text}).decode())
        else:
            out.print(f"{channel}  {text}", highlight=False, markup=False, soft_wrap=True)


async def read_secrets(settings: Settings, id_: str) -> dict[str, str]:
    """Return the secret of each webhook of a saved search, by its label.

    Raises:
        UsageError: If there is no saved search of this id, or it has no webhook of its own.
    """
    search = await read_search(settings, id_)
    addresses = [channel for channel in search.channels if "://" in channel]
    if not addresses:
        raise UsageError(
            f"{id_} has no webhook of its own; add one with "
            f"`streams alerts add --id {id_} --replace --channel https://…`"
        )
    key = master_key(settings)
    secrets = {}
    for address in addresses:
        channel = channel_of(Channels(), address, owner=search.owner)
        if isinstance(channel.kind, Webhook):
            secrets[channel.label] = derived_secret(
                key, owner=search.owner, subscription_id=id_, url=address
            ).get_secret_value()
    return secrets
