"""The table of saved searches."""

from rich.console import Console

from streams.cli.alerts._table import search_table
from streams.records import AlertKind, QuietHours, Subscription


def drawn(*subscriptions: Subscription) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(search_table(subscriptions))
    return captured.get()


def test_search_table_does_not_break_ids() -> None:
    long = Subscription(
        id="german-rates-and-what-the-bundesbank-says",
        name="German rates",
        query='"interest rate*" and (entity:Q183 or domain:bundesbank.de)',
        channels=("desk", "https://hooks.test/T0/secret"),
        digest_minutes=15,
        quiet=QuietHours(start="22:00", end="07:00", zone="Europe/Berlin"),
    )

    text = drawn(long)

    assert long.id in text
    assert "…" not in text
    assert "secret" not in text


def test_search_table_shows_only_unusual_kinds() -> None:
    usual = Subscription(id="a", query="bridge")
    unusual = Subscription(id="b", query="bridge", paused=True, kinds=(AlertKind.COPY,))

    assert "sees" not in drawn(usual)
    assert "paused" not in drawn(usual)
    assert "matches copy" in drawn(unusual)
    assert "paused" in drawn(unusual)
