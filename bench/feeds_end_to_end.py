"""Poll real pages twice, from feeds to enriched records, and count the pages fetched again.

``python -m bench.feeds_end_to_end`` serves the 122 news pages of fundus-dev on loopback, each
publisher at a separate address with a feed that links to its pages, and runs `streams run`
on these feeds with a real Kafka until every article has ended. Then it stops the pipeline, gives
every feed another body, makes all feeds due, and runs it again.

Prints the requests to the server in each run, and where the articles ended.
"""

import argparse
import asyncio
import json
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from streams.broker import BrokerOptions, start_broker
from streams.runtime.ports import free_port
from streams.settings import Settings
from tests.support.feeds_twice import measure


async def main(arguments: argparse.Namespace) -> None:
    """Run it with a separate broker, and print the figures."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feeds-run-")))
        options = BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
        broker = await start_broker(options)
        stack.push_async_callback(broker.stop)
        settings = Settings(broker=broker.bootstrap, data=folder / "data")
        for row in await measure(settings, folder, arguments.limit):
            print(json.dumps(row, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--limit", type=int, help="number of pages")
    asyncio.run(main(parser.parse_args()))
