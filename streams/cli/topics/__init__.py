"""``streams topics``: the topics of the pipeline on the broker."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Create and inspect topics."

COMMANDS: Final = {
    "create": Lazy(
        "streams.cli.topics.create:create",
        "Create missing topics; existing topics are left unchanged.",
    ),
    "list": Lazy(
        "streams.cli.topics.list:list_",
        "List the topics with their number of records, size, newest record and retention.",
    ),
    "grow": Lazy(
        "streams.cli.topics.grow:grow",
        "Add partitions to a topic, while the pipeline runs or not; its records stay.",
    ),
    "prune": Lazy(
        "streams.cli.topics.prune:prune",
        "Delete the topics of routes that were removed from routes.toml, with their records.",
    ),
}

app = lazy_app(COMMANDS, help=HELP)
