"""``streams evaluate``: scores against labelled sets."""

import typer

from streams.cli.evaluate_duplicates import duplicates
from streams.cli.evaluate_entities import entities
from streams.cli.evaluate_extraction import extraction
from streams.cli.evaluate_feeds import feeds
from streams.cli.evaluate_links import links

app = typer.Typer(help="Score a stage against a labelled set.", no_args_is_help=True)
app.command()(extraction)
app.command()(duplicates)
app.command()(entities)
app.command()(links)
app.command()(feeds)
