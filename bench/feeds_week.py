"""Poll thousands of feeds for a week in simulated time: requests, misses, delays.

``python -m bench.feeds_week --feeds 2000 --days 7 --kill`` serves a world of feeds on loopback
(`tests/support/feeds_world.py`), polls it with the poller of `streams sources run`, over real
HTTP into a real Kafka, and advances the clock to the next event whenever no request is in progress.
With ``--kill`` the poller is killed with -9 in the middle and restarted half an hour later. A week
takes minutes, because nothing waits in real time.

Prints requests by kind, missed articles, discovery latency, the closest two requests to one host,
the most at a time, and the repeats after a kill.
"""

import argparse
import asyncio
import json
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

from streams.broker import BrokerOptions, start_broker
from streams.runtime.ports import free_port
from streams.settings import Settings
from tests.support.feeds_week import week


async def main(arguments: argparse.Namespace) -> None:
    """Run it, with a separate broker unless one is named, and print the figures."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feeds-week-")))
        bootstrap = arguments.broker
        if not bootstrap:
            options = BrokerOptions(data=folder / "kafka", port=free_port(), die_with_parent=True)
            broker = await start_broker(options)
            stack.push_async_callback(broker.stop)
            bootstrap = broker.bootstrap
        settings = Settings(broker=bootstrap, topic_prefix=f"week-{uuid4().hex[:8]}.")
        found = await week(
            settings, arguments.feeds, arguments.days, kill=arguments.kill, folder=folder
        )
    print(json.dumps(found, indent=1))


def parsed() -> argparse.Namespace:
    """Return the command-line arguments."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--kill", action="store_true", help="kill -9 the poller in the middle")
    parser.add_argument("--broker", default="", help="host:port; by default a separate broker")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main(parsed()))
