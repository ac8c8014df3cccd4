"""``streams evaluate``: scores of a stage on a labeled data set."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Score a stage on a labeled data set."

COMMANDS: Final = {
    "extraction": Lazy(
        "streams.cli.evaluate.extraction:extraction",
        "Score body, title, date and authors on labeled pages, extracted as in `clean`.",
    ),
    "duplicates": Lazy(
        "streams.cli.evaluate.duplicates:duplicates",
        "Score duplicate detection on labeled pairs, each through the steps of `dedupe`.",
    ),
    "entities": Lazy(
        "streams.cli.evaluate.entities:entities",
        "Score recognized names on labeled sentences, by exact span and type.",
    ),
    "links": Lazy(
        "streams.cli.evaluate.links:links",
        "Score links to Wikidata, for recognized names and for given spans.",
    ),
    "feeds": Lazy(
        "streams.cli.evaluate.feeds:feeds",
        "Compare the feed parser with feedparser on a folder of feeds: agreement and speed.",
    ),
}

app = lazy_app(COMMANDS, help=HELP)
