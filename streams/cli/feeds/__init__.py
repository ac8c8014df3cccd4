"""``streams feeds``: the file of feeds, and the state of each feed."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Manage polled feeds."

COMMANDS: Final = {
    "add": Lazy(
        "streams.cli.feeds.add:add",
        "Add a feed by its URL, or by the URL of a page that links to it.",
    ),
    "list": Lazy("streams.cli.feeds.list:list_", "List the feeds in the file."),
    "import": Lazy(
        "streams.cli.feeds.import_:import_",
        "Add the feeds of an OPML file; existing feeds are left unchanged.",
    ),
    "export": Lazy(
        "streams.cli.feeds.export:export", "Print the feeds as OPML, for other feed readers."
    ),
    "check": Lazy(
        "streams.cli.feeds.check:check",
        "Fetch every feed once and report URLs that are not feeds (exit code 1).",
    ),
    "status": Lazy(
        "streams.cli.feeds.status:status",
        "Show the status of each feed: health, polling interval, articles per day, latency.",
    ),
}

app = lazy_app(COMMANDS, help=HELP)
