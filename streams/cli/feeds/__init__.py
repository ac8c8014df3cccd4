"""``streams feeds``: the file of feeds, and the state of each feed."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Manage polled feeds."

COMMANDS: Final = {
    "add": Lazy(
        "streams.cli.feeds.add:add",
        "Add feeds by their URLs, or by the URLs of pages that link to them.",
    ),
    "remove": Lazy(
        "streams.cli.feeds.remove:remove",
        "Remove feeds from the file; a running pipeline stops polling them within seconds.",
    ),
    "pause": Lazy(
        "streams.cli.feeds.pause:pause",
        "Stop polling feeds until `streams feeds resume`; pushes from their hubs are refused, too.",
    ),
    "resume": Lazy(
        "streams.cli.feeds.pause:resume",
        "Poll paused feeds again; entries published meanwhile are sent if the feed still lists "
        "them.",
    ),
    "edit": Lazy(
        "streams.cli.feeds.edit:edit",
        "Change fields of a feed in the file; comments and formatting are kept.",
    ),
    "poll": Lazy(
        "streams.cli.feeds.poll:poll",
        "Fetch a feed of the file now and show its entries; nothing is sent without `--send`.",
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
