"""``streams alerts secret``: what a receiver checks the signatures of its webhook with."""

import asyncio
from typing import Annotated

import typer


def secret(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="Of the saved search, see `streams alerts list`.")
    ],
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Show the secrets that sign the webhooks of a saved search; each address has its own.

    They are derived from the key in the data folder and never change as long as it is there.
    Channels of channels.toml have theirs in that file.

    **Examples:** `streams alerts secret german-rates`, `streams alerts secret german-rates --json`
    """
    from streams.cli.context import out, settings_with_broker  # noqa: PLC0415  # start fast

    settings = settings_with_broker()
    found = asyncio.run(_secrets(settings, id_))
    if json_:
        from orjson import dumps  # noqa: PLC0415

        for channel, text in found.items():
            typer.echo(dumps({"channel": channel, "secret": text}).decode())
        return
    for channel, text in found.items():
        out.print(f"{channel}  {text}", highlight=False, markup=False, soft_wrap=True)


async def _secrets(settings: object, subscription_id: str) -> dict[str, str]:
    """Give the secret of each webhook, by its label."""
    from streams.alerts.store import read_searches  # noqa: PLC0415
    from streams.config.channels import Channels, Webhook, channel_of  # noqa: PLC0415
    from streams.deliver.channels.signing import derived_secret, master_key  # noqa: PLC0415
    from streams.errors import UsageError  # noqa: PLC0415
    from streams.settings import Settings  # noqa: PLC0415

    assert isinstance(settings, Settings)  # noqa: S101  # narrows what was imported late
    subscription = (await read_searches(settings)).get(subscription_id)
    if subscription is None:
        raise UsageError(f"no saved search {subscription_id!r}: `streams alerts list` shows them")
    addresses = [text for text in subscription.channels if "://" in text]
    if not addresses:
        raise UsageError(
            f"{subscription_id} delivers to no address of its own: give it one with "
            "`streams alerts add … --channel https://…`"
        )
    master = master_key(settings)
    found = {}
    for text in addresses:
        channel = channel_of(Channels(), text, owner=subscription.owner)
        if isinstance(channel.kind, Webhook):
            found[channel.label] = derived_secret(
                master, owner=subscription.owner, subscription_id=subscription_id, url=text
            ).get_secret_value()
    return found
