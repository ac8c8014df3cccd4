"""Read the ledger of deliveries, and let some be sent again."""

import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from rich.markup import escape
from rich.table import Table

from streams.cli.context import out
from streams.cli.printable import printable, whole_width
from streams.cli.times import point_in_time
from streams.deliver.ledger.delivery import ENDED, Delivery, DeliveryState
from streams.deliver.ledger.open import open_ledger
from streams.errors import UsageError
from streams.settings import Settings
from streams.text.plural import plural

COLOURS = {
    DeliveryState.SENT: "green",
    DeliveryState.FAILED: "yellow",
    DeliveryState.GIVEN_UP: "red",
    DeliveryState.SKIPPED: "dim",
}

MAX_RESENT = 10_000
"""Sent again at once; more of them are a new flood."""


async def run_deliveries(
    settings: Settings,
    id_: str,
    *,
    states: Collection[DeliveryState],
    channel: str,
    since: str,
    n: int,
    json: bool,
) -> None:
    """Print deliveries, the latest last.

    Args:
        settings: Where the ledger is.
        id_: Of this saved search only; empty: of all.
        states: Only these; none: any.
        channel: Only to this one; empty: to all.
        since: As typed; empty: from the beginning.
        n: At most so many.
        json: Whether each is a line.

    Raises:
        UsageError: If the time cannot be read.
    """
    async with open_ledger(settings) as ledger:
        found = await ledger.deliveries(
            subscription_id=id_, channel=channel, states=states, since=_since(since), limit=n
        )
        counts = await ledger.counts()
    found.reverse()
    if json:
        for one in found:
            sys.stdout.buffer.write(orjson.dumps(_plain(one), option=orjson.OPT_APPEND_NEWLINE))
        return
    if found:
        out.print(_table(found))
    elif id_:
        out.print(
            f"nothing in the ledger for {id_} (`streams alerts list` has the searches)",
            markup=False,
        )
        return
    told = ", ".join(
        f"{counts[state]:,} {state.value}" for state in DeliveryState if counts.get(state)
    )
    out.print(
        f"in the ledger: {told or 'nothing yet; is `streams deliver` running?'}", markup=False
    )


async def run_resend(
    settings: Settings, names: Sequence[str], *, failed: bool, search: str, since: str
) -> str:
    """Let deliveries be sent again; say how many.

    Args:
        settings: Where the ledger is.
        names: Numbers of deliveries or ids of alerts, as typed.
        failed: Whether all that were given up are meant instead.
        search: Of these, only those of this saved search.
        since: Of these, only what came since, as typed.

    Raises:
        UsageError: If there are no such deliveries, or it is not said which.
    """
    if failed == bool(names):
        raise UsageError("say which: numbers or ids of alerts, or --failed with --since")
    if names and (search or since):
        raise UsageError("--search and --since go with --failed")
    now = datetime.now(UTC)
    async with open_ledger(settings) as ledger:
        if failed:
            found = await ledger.deliveries(
                subscription_id=search,
                states=[DeliveryState.GIVEN_UP],
                since=_since(since),
                limit=MAX_RESENT,
            )
        else:
            ended = await ledger.deliveries(states=ENDED, limit=MAX_RESENT)
            found = _named(ended, names)
        n_sent = await ledger.resend(sorted(found, key=lambda one: one.number), now=now)
    return f"{plural(n_sent, 'delivery', 'deliveries')} to be sent again"


def _named(deliveries: Sequence[Delivery], names: Sequence[str]) -> list[Delivery]:
    """Give those that are meant.

    Raises:
        UsageError: If one is not there.
    """
    by_name: dict[str, list[Delivery]] = {}
    for one in deliveries:
        by_name.setdefault(str(one.number), []).append(one)
        by_name.setdefault(one.alert.id, []).append(one)
    for name in names:
        if name not in by_name:
            raise UsageError(
                f"{name}: no delivery of that number or alert has ended; "
                "see `streams alerts deliveries`"
            )
    return list({one.number: one for name in names for one in by_name[name]}.values())


def _since(text: str) -> datetime | None:
    if not text:
        return None
    point = point_in_time(text, option="--since")
    return datetime.now(UTC) - point if isinstance(point, timedelta) else point


def _table(deliveries: Sequence[Delivery]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    whole = whole_width(each for one in deliveries for each in _where(one).split("\n"))
    for name in ("no.", "came", "search → channel", "state", "tries", "title or error"):
        # Numbers and names are typed again: they stay whole, on any terminal.
        no_wrap = name in {"no.", "state", "tries"}
        width = whole if name == "search → channel" else None
        table.add_column(name, no_wrap=no_wrap, min_width=width, overflow="fold")
    for one in deliveries:
        colour = COLOURS.get(one.state, "cyan")
        told = one.last_error if one.state is not DeliveryState.SENT else ""
        table.add_row(
            str(one.number),
            f"{one.arrived:%m-%d %H:%M}",
            escape(_where(one)),
            f"[{colour}]{one.state.value}[/{colour}]",
            str(one.attempts or ""),
            escape(printable(told or one.alert.title)),
        )
    return table


def _where(one: Delivery) -> str:
    return printable(f"{one.alert.subscription_id}\n→ {one.channel}")


def _plain(one: Delivery) -> dict[str, Any]:
    return {
        "number": one.number,
        "subscription_id": one.alert.subscription_id,
        "alert_id": one.alert.id,
        "title": one.alert.title,
        "channel": one.channel,
        "state": one.state.value,
        "form": one.form,
        "message_id": one.group_id,
        "attempts": one.attempts,
        "made": one.made,
        "arrived": one.arrived,
        "first_try": one.first_try,
        "next_try": one.next_try,
        "ended": one.ended,
        "error": one.last_error,
    }
