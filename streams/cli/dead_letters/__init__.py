"""``streams dead-letters``: records that a stage could not process."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Inspect and redrive dead letters."

COMMANDS: Final = {
    "list": Lazy(
        "streams.cli.dead_letters.list:list_",
        "List dead letters with time, stage, reason, source, URL and detail, the latest last.",
    ),
    "show": Lazy(
        "streams.cli.dead_letters.show:show",
        "Show a dead letter with its origin, reason, headers and bytes.",
    ),
    "redrive": Lazy(
        "streams.cli.dead_letters.redrive:redrive",
        "Send a dead letter again to the topic it was read from, unchanged or corrected.",
    ),
}

app = lazy_app(COMMANDS, help=HELP)
