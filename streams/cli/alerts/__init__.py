"""``streams alerts``: saved searches and their alerts."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Manage saved searches and their alerts."

COMMANDS: Final = {
    "add": Lazy(
        "streams.cli.alerts.add:add",
        "Save a search, or change one; its alerts appear on alerts.v1 within seconds.",
    ),
    "test": Lazy(
        "streams.cli.alerts.test:backtest_search",
        "Show the alerts that a search would have sent, and how many messages a day.",
    ),
    "preview": Lazy(
        "streams.cli.alerts.preview:preview",
        "Show a message about the latest alert of a search, or about a sample alert.",
    ),
    "deliveries": Lazy(
        "streams.cli.alerts.deliveries:deliveries",
        "Show deliveries of alerts: state, attempts, time and last error.",
    ),
    "resend": Lazy(
        "streams.cli.alerts.resend:resend",
        "Resend alerts that were given up, skipped or sent before.",
    ),
    "secret": Lazy(
        "streams.cli.alerts.secret:secret",
        "Show the secrets that sign the webhooks of a saved search, one for each address.",
    ),
    "feed": Lazy(
        "streams.cli.alerts.feed:feed",
        "Create and print the addresses of the feed of a saved search, for feed readers.",
    ),
    "list": Lazy("streams.cli.alerts.list:list_", "List the saved searches."),
    "show": Lazy("streams.cli.alerts.show:show", "Show a saved search and its latest alerts."),
    "pause": Lazy("streams.cli.alerts.pause:pause", "Pause a saved search, or resume it."),
    "remove": Lazy(
        "streams.cli.alerts.remove:remove",
        "Delete a saved search; its past alerts stay on alerts.v1.",
    ),
}

app = lazy_app(COMMANDS, help=HELP)
