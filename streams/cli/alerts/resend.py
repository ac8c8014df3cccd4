"""``streams alerts resend``: queue deliveries again."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from streams.cli._arguments import since_time
from streams.deliver.ledger.delivery import ENDED, Delivery, DeliveryState
from streams.deliver.ledger.open import open_ledger
from streams.errors import UsageError
from streams.settings import Settings, load_settings
from streams.text.plural import plural

MAX_RESENT = 10_000
"""Deliveries queued by one command, so that a mistake does not flood the receivers."""


def resend(
    numbers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NUMBER|ALERT",
            help="Numbers of deliveries or ids of alerts, see `streams alerts deliveries`.",
        ),
    ] = None,
    *,
    failed: Annotated[bool, typer.Option(help="Resend all deliveries that were given up.")] = False,
    search: Annotated[str, typer.Option(help="With --failed: only this saved search.")] = "",
    since: Annotated[
        str,
        typer.Option(help="With --failed: only alerts since this time, 2026-03-01 or 2h ago."),
    ] = "",
) -> None:
    """Resend alerts that were given up, skipped or sent before.

    A running `streams deliver` sends them within seconds. A message that was sent before keeps its
    webhook-id, so that its receiver can recognize it.

    **Examples:**

    - `streams alerts resend 17 18`
    - `streams alerts resend --failed --since 2h`
    """
    n_queued = asyncio.run(
        resend_deliveries(load_settings(), numbers or (), failed=failed, search=search, since=since)
    )
    typer.echo(f"queued {plural(n_queued, 'delivery', 'deliveries')}")


async def resend_deliveries(
    settings: Settings, names: Sequence[str], *, failed: bool, search: str, since: str
) -> int:
    """Queue deliveries again.

    Args:
        settings: Settings with the ledger.
        names: Numbers of deliveries or ids of alerts, as typed.
        failed: Whether to take all deliveries that were given up instead.
        search: With ``failed``: only this saved search.
        since: With ``failed``: only alerts since this time, as typed.

    Returns:
        The number of deliveries queued.

    Raises:
        UsageError: If there are no such deliveries, or the options contradict each other.
    """
    if failed == bool(names):
        raise UsageError("expected numbers of deliveries or ids of alerts, or --failed")
    if names and (search or since):
        raise UsageError("--search and --since require --failed")
    now = datetime.now(UTC)
    async with open_ledger(settings) as ledger:
        if failed:
            rows = await ledger.deliveries(
                subscription_id=search,
                states=[DeliveryState.GIVEN_UP],
                since=since_time(since),
                limit=MAX_RESENT,
            )
        else:
            rows = _select(await ledger.deliveries(states=ENDED, limit=MAX_RESENT), names)
        return await ledger.resend(sorted(rows, key=lambda row: row.number), now=now)


def _select(rows: Sequence[Delivery], names: Sequence[str]) -> list[Delivery]:
    """Return the deliveries with these numbers or alerts.

    Raises:
        UsageError: If one is missing.
    """
    by_name: dict[str, list[Delivery]] = {}
    for row in rows:
        by_name.setdefault(str(row.number), []).append(row)
        by_name.setdefault(row.alert.id, []).append(row)
    for name in names:
        if name not in by_name:
            raise UsageError(
                f"{name}: no finished delivery has this number or alert id; "
                "see `streams alerts deliveries`"
            )
    return list({row.number: row for name in names for row in by_name[name]}.values())
