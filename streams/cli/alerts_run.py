"""Save, list, show, pause and delete searches."""

import sys
from collections.abc import Iterable

import msgspec
from rich.table import Table
from rich.text import Text

from streams.alerts.store import SUBSCRIPTION_ID, free_id, read_searches, write_search
from streams.cli.alerts_shown import show_alert
from streams.cli.alerts_wishes import Wishes, wished
from streams.cli.context import out
from streams.cli.printable import printable, whole_width
from streams.config.channels import Channels, channel_label
from streams.errors import UsageError
from streams.kafka.read import read_topics, record_in
from streams.records import Alert, AlertKind, Subscription, encode
from streams.records.topics import ALERTS
from streams.route.search_query import parse_search
from streams.settings import Settings
from streams.text.plural import plural


async def run_add(
    settings: Settings, wishes: Wishes, *, channels: Channels, id_: str, replace: bool
) -> str:
    """Save a search.

    Args:
        settings: With a broker.
        wishes: What it is to be; when one is replaced, what is not given stays.
        channels: Those that there are.
        id_: As wanted; empty: one is made.
        replace: Whether one of that id is changed.

    Returns:
        What was done, for people.

    Raises:
        UsageError: If it cannot be used, its id is taken, or it is to be replaced and not there.
    """
    if id_ and not SUBSCRIPTION_ID.fullmatch(id_):
        raise UsageError(f"--id {id_}: expected 1 to 60 of a-z, 0-9 and hyphen")
    if not replace:
        if wishes.query is None:
            raise UsageError("say what to look for: streams alerts add QUERY")
        parse_search(wishes.query)
    there = await read_searches(settings)
    if replace and id_ not in there:
        raise UsageError(f"--replace: no saved search {id_ or '(give its --id)'}")
    if id_ in there and not replace:
        raise UsageError(f"--id {id_}: there is a search of that id; --replace changes it")
    query = wishes.query or ""
    chosen = id_ or free_id(wishes.name or query, there)
    before = there[id_] if replace else Subscription(id=chosen, query=query)
    after = wished(before, wishes, channels)
    await write_search(settings, chosen, after)
    where = ", ".join(channel_label(one) for one in after.channels)
    delivered = f" and go to {where}" if where else ""
    return (
        f"{'changed' if replace else 'saved'} {chosen}: its alerts come on {ALERTS.name}{delivered}"
    )


async def run_list(settings: Settings, *, json: bool) -> None:
    """Print the saved searches."""
    found = (await read_searches(settings)).values()
    if json:
        for subscription in found:
            sys.stdout.write(encode(subscription).decode() + "\n")
        return
    out.print(search_table(found))


def search_table(subscriptions: Iterable[Subscription]) -> Table:
    """Draw saved searches; fits 80 columns, and ids are whole, since they are typed again."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 1, 0))
    table.add_column("id", no_wrap=True, overflow="fold")
    table.add_column("search", overflow="fold", ratio=3)
    found = list(subscriptions)
    labels = (channel_label(each) for one in found for each in one.channels)
    table.add_column("delivery", overflow="fold", ratio=2, min_width=whole_width(labels) + 1)
    for one in found:
        id_, name, query, kinds, delivery = _row(one)
        usual = one.kinds == (AlertKind.NEW, AlertKind.REVISION)
        search = Text(printable("\n".join(filter(None, (name, query)))))
        search.stylize("bold", 0, len(printable(name)))
        search.append("" if usual else f"\nsees {kinds}", "dim")
        state = ("\npaused", "yellow") if one.paused else ""
        table.add_row(Text.assemble(printable(id_), state), search, Text(printable(delivery)))
    return table


def _row(subscription: Subscription) -> tuple[str, ...]:
    kinds = ", ".join(subscription.kinds)
    delivery = delivery_words(subscription)
    return subscription.id, subscription.name, subscription.query, kinds, delivery


def delivery_words(subscription: Subscription) -> str:
    """Say where, how often and when a search's alerts are delivered.

    Examples:
        >>> delivery_words(Subscription(id="s", query="x", channels=("desk",), digest_minutes=90))
        'desk · together every 90 min · at most 60 an hour'
        >>> delivery_words(Subscription(id="s", query="x"))
        'alerts.v1 only'
    """
    if not subscription.channels:
        return f"{ALERTS.name} only"
    quiet, limit = subscription.quiet, subscription.max_per_hour
    minutes = subscription.digest_minutes
    found = (
        ", ".join(channel_label(one) for one in subscription.channels),
        f"together every {minutes} min" if minutes else "",
        f"quiet {quiet.start}–{quiet.end} {quiet.zone}" if quiet else "",
        f"at most {limit} an hour" if limit else "",
        "own title" if subscription.title_template else "",
        "own body" if subscription.body_template else "",
    )
    return " · ".join(filter(None, found))


async def run_show(settings: Settings, id_: str, *, n: int, json: bool) -> None:
    """Print a saved search and its latest alerts.

    Raises:
        UsageError: If there is no such search.
    """
    subscription = await _found(settings, id_)
    alerts = await alerts_of(settings, id_)
    latest = alerts[-n:] if n else alerts
    if json:
        for record in (subscription, *latest):
            sys.stdout.write(encode(record).decode() + "\n")
        return
    _, name, query, kinds, delivery = _row(subscription)
    state = "paused" if subscription.paused else "in force"
    title = printable(f"{id_} ({name})" if name else id_)
    out.print(f"{title}: {state}, sees {kinds}", markup=False, highlight=False)
    out.print(f"    {printable(query)}", markup=False, highlight=False)
    out.print(f"    {printable(delivery)}\n", markup=False, highlight=False, soft_wrap=True)
    for alert in latest:
        show_alert(alert)
    out.print(f"{plural(len(alerts), 'alert')} so far", highlight=False)


async def alerts_of(settings: Settings, id_: str) -> list[Alert]:
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
    await write_search(settings, id_, msgspec.structs.replace(subscription, paused=paused))
    return f"{'paused' if paused else 'resumed'} {id_}"


async def run_remove(settings: Settings, id_: str) -> str:
    """Delete a search; say what was done.

    Raises:
        UsageError: If there is no such search.
    """
    await _found(settings, id_)
    await write_search(settings, id_, None)
    return f"removed {id_}"


async def _found(settings: Settings, id_: str) -> Subscription:
    there = await read_searches(settings)
    if id_ not in there:
        known = f"; there are {', '.join(list(there)[:10])}" if there else "; there are none"
        raise UsageError(f"no saved search {id_}{known}")
    return there[id_]
