"""Save, list, show, pause and delete searches."""

import sys
from collections.abc import Sequence

import msgspec
from rich.markup import escape
from rich.table import Table

from schemas import Alert, AlertKind, Subscription, encode
from schemas.topics import ALERTS
from streams.cli.alerts_shown import show_alert
from streams.cli.context import out
from streams.cli.printable import printable
from streams.errors import UsageError
from streams.kafka.reading import read_topics, record_in
from streams.kafka.subscriptions import (
    SUBSCRIPTION_ID,
    free_id,
    read_subscriptions,
    write_subscription,
)
from streams.settings import Settings


async def run_add(
    settings: Settings,
    query: str,
    *,
    name: str,
    id_: str,
    kinds: Sequence[AlertKind],
    replace: bool,
) -> str:
    """Save a search.

    Args:
        settings: With a broker.
        query: Known to be one that a search may have.
        name: For people; may be empty.
        id_: As wanted; empty: one is made.
        kinds: What it is to see.
        replace: Whether one of that id is changed.

    Returns:
        What was done, for people.

    Raises:
        UsageError: If the id cannot be used, is taken, or is to be replaced and is not there.
    """
    if id_ and not SUBSCRIPTION_ID.fullmatch(id_):
        raise UsageError(f"--id {id_}: expected 1 to 60 of a-z, 0-9 and hyphen")
    there = await read_subscriptions(settings)
    if replace and id_ not in there:
        raise UsageError(f"--replace: no saved search {id_ or '(give its --id)'}")
    if id_ in there and not replace:
        raise UsageError(f"--id {id_}: there is a search of that id; --replace changes it")
    chosen = id_ or free_id(name or query, there)
    subscription = Subscription(
        id=chosen, query=query, name=name, kinds=tuple(dict.fromkeys(kinds))
    )
    await write_subscription(settings, chosen, subscription)
    return f"{'changed' if replace else 'saved'} {chosen}: its alerts come on {ALERTS.name}"


async def run_list(settings: Settings, *, json: bool) -> None:
    """Print the saved searches."""
    found = (await read_subscriptions(settings)).values()
    if json:
        for subscription in found:
            sys.stdout.write(encode(subscription).decode() + "\n")
        return
    table = Table("id", "name", "query", "sees", "state")
    for one in found:
        state = "[yellow]paused[/yellow]" if one.paused else "in force"
        table.add_row(*(escape(printable(text)) for text in _row(one)), state)
    out.print(table)


def _row(subscription: Subscription) -> tuple[str, ...]:
    kinds = ", ".join(subscription.kinds)
    return subscription.id, subscription.name, subscription.query, kinds


async def run_show(settings: Settings, id_: str, *, n: int, json: bool) -> None:
    """Print a saved search and its latest alerts.

    Raises:
        UsageError: If there is no such search.
    """
    subscription = await _found(settings, id_)
    alerts = await _alerts(settings, id_)
    latest = alerts[-n:] if n else alerts
    if json:
        for record in (subscription, *latest):
            sys.stdout.write(encode(record).decode() + "\n")
        return
    _, name, query, kinds = _row(subscription)
    state = "paused" if subscription.paused else "in force"
    title = printable(f"{id_} ({name})" if name else id_)
    out.print(f"{title}: {state}, sees {kinds}", markup=False, highlight=False)
    out.print(f"    {printable(query)}\n", markup=False, highlight=False)
    for alert in latest:
        show_alert(alert)
    out.print(f"{len(alerts)} alerts so far", highlight=False)


async def _alerts(settings: Settings, id_: str) -> list[Alert]:
    """Read the alerts of a search in the order of sending, no alert twice."""
    found: dict[str, Alert] = {}
    async for message in read_topics(settings, ALERTS.name, keys=[id_.encode()]):
        if message.key == id_.encode():
            record = record_in(message, settings)
            if isinstance(record, Alert):
                found.setdefault(record.id, record)
    return list(found.values())


async def run_pause(settings: Settings, id_: str, *, paused: bool) -> str:
    """Pause or resume a search; say what was done.

    Raises:
        UsageError: If there is no such search.
    """
    subscription = await _found(settings, id_)
    await write_subscription(settings, id_, msgspec.structs.replace(subscription, paused=paused))
    return f"{'paused' if paused else 'resumed'} {id_}"


async def run_remove(settings: Settings, id_: str) -> str:
    """Delete a search; say what was done.

    Raises:
        UsageError: If there is no such search.
    """
    await _found(settings, id_)
    await write_subscription(settings, id_, None)
    return f"removed {id_}"


async def _found(settings: Settings, id_: str) -> Subscription:
    there = await read_subscriptions(settings)
    if id_ not in there:
        known = f"; there are {', '.join(list(there)[:10])}" if there else "; there are none"
        raise UsageError(f"no saved search {id_}{known}")
    return there[id_]
