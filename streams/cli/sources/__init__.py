"""``streams sources``: articles from feeds and archives."""

from typing import Final

from streams.cli._lazy import Lazy, lazy_app

HELP: Final = "Poll feeds and import archives."

COMMANDS: Final = {
    "run": Lazy(
        "streams.cli.sources.run:run",
        "Poll feeds and send new articles into the pipeline, until Ctrl-C.",
    ),
    "import": Lazy(
        "streams.cli.sources.import_:import_",
        "Import archives: WARC files, saved pages, JSON Lines; files already imported are skipped.",
        no_args_is_help=True,
    ),
}

app = lazy_app(COMMANDS, help=HELP)
