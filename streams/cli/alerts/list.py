"""``streams alerts list``: the saved searches."""

import asyncio
import sys

from streams.alerts.store import read_searches
from streams.cli._arguments import JsonLines
from streams.cli._output.console import out
from streams.cli._settings import settings_with_broker
from streams.cli.alerts._table import search_table
from streams.records import encode


def list_(*, json_: JsonLines = False) -> None:
    """List the saved searches.

    **Examples:**

    - `streams alerts list`
    - `streams alerts list --json`
    """
    searches = asyncio.run(read_searches(settings_with_broker())).values()
    if json_:
        for search in searches:
            sys.stdout.write(encode(search).decode() + "\n")
        return
    out.print(search_table(searches))
