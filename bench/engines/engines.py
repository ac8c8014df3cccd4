"""The engines that are compared: how each is started, and what it guarantees."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.engines.processes import Engine
from streams.runtime.ports import free_port
from streams.settings import Settings
from streams.topology import STAGES

ROOT = Path(__file__).parents[2]

Commands = list[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """An engine.

    Attributes:
        name: Name in the report.
        needs: Package that it requires; empty if none.
        promises: Guarantee in this benchmark.
        plan: Returns its commands; may prepare the folder.
    """

    name: str
    needs: str = ""
    promises: str
    plan: Callable[[Path], Commands]

    @property
    def there(self) -> bool:
        """Return whether it is installed."""
        return not self.needs or find_spec(self.needs) is not None

    def start(self, settings: Settings, folder: Path) -> Engine:
        """Start it in a separate folder."""
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            **settings.environment(),
            "NEWS_DATA": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
        }
        return Engine(self.plan(folder), environment, folder)


def _ours(*scale: str) -> Callable[[Path], Commands]:
    return lambda _folder: [("-m", "bench.engines.jobs.ours", *scale)]


def _each_stage(module: str, *arguments: str) -> Callable[[Path], Commands]:
    def plan(_folder: Path) -> Commands:
        return [("-m", f"bench.engines.jobs.{module}", stage.name, *arguments) for stage in STAGES]

    return plan


def _bytewax(folder: Path) -> Commands:
    recovery = folder / "recovery"
    recovery.mkdir()
    subprocess.run([sys.executable, "-m", "bytewax.recovery", recovery, "2"], check=True)
    addresses = ";".join(f"127.0.0.1:{free_port()}" for _ in range(2))
    flow = "bench.engines.jobs.bytewax_flow:dataflow()"
    options = ("-a", addresses, "-r", str(recovery), "-s", "1", "-b", "0")
    return [("-m", "bytewax.run", flow, "-i", str(index), *options) for index in range(2)]


OURS = Kind(
    name="News Streams",
    promises="at least once, one answer an article by its origin; a hard limit per record in "
    "killable processes; dead letters; dedupe's memory on a topic; supervised",
    plan=_ours(),
)

KINDS: tuple[Kind, ...] = (
    OURS,
    Kind(
        name="Quix at-least-once",
        needs="quixstreams",
        promises="at least once; state in RocksDB and a changelog; no limit per record",
        plan=_each_stage("quix", "at-least-once"),
    ),
    Kind(
        name="Quix exactly-once",
        needs="quixstreams",
        promises="exactly once between its topics; state in RocksDB and a changelog; no limit per "
        "record",
        plan=_each_stage("quix", "exactly-once"),
    ),
    Kind(
        name="Bytewax",
        needs="bytewax",
        promises="at least once from its recovery store; memory on a topic; no limit per record; "
        "reads back nothing between stages",
        plan=_bytewax,
    ),
    Kind(
        name="aiokafka loop",
        promises="at least once; memory sent, not read back; no limit per record",
        plan=_each_stage("plain"),
    ),
)
"""The engines that need Kafka."""

SCALED: tuple[Kind, ...] = tuple(
    Kind(name=f"News Streams {scale}", promises=OURS.promises, plan=_ours(*scale.split()))
    for scale in ("clean=2 tag=2", "clean=2 dedupe=1 tag=2 route=2")
)
"""This pipeline with more processes per stage; `dedupe` has one partition, so one process."""
