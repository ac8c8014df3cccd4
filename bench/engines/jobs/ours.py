"""This pipeline as `streams run` runs it: ``python -m bench.engines.jobs.ours [clean=2 …]``.

The supervisor and a worker for each stage, without the parts that peers do not have: feeds,
delivery of alerts, web service.
"""

import asyncio
import signal
import sys

from streams.cli.run import parse_scale
from streams.runtime.logs import configure_logs
from streams.settings import Settings
from streams.supervisor.pipeline import Pipeline


async def main(scale: list[str]) -> int:
    """Run until SIGTERM."""
    settings = Settings()
    configure_logs(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Pipeline(settings, parse_scale(scale)) as pipeline:
        return await pipeline.wait(stop)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
