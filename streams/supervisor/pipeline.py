"""A complete pipeline on one machine: broker, topics, one process per stage, ended together."""

import asyncio
import platform
import re
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Self

from streams.broker import BrokerOptions, start_broker, watch_broker
from streams.config.channels_file import load_channels
from streams.config.entities import load_entities
from streams.config.routes import required_topics
from streams.errors import UsageError
from streams.kafka.topics import create_topics, topic_states
from streams.processors.enrichers_check import check_enrichers
from streams.settings import Settings
from streams.supervisor.member_name import member_suffix
from streams.supervisor.supervisor import Child, Supervisor, Wait
from streams.text.plural import plural
from streams.topology import STAGES


def this_host() -> str:
    """Return this machine's name in the characters of a group member id, unique per host."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", platform.node()) or "host"


def require_shareable(scale: Mapping[str, int]) -> None:
    """Refuse several processes of a stage that one process does.

    Raises:
        UsageError: If there is such a stage; the message says why.

    Examples:
        >>> require_shareable({"dedupe": 3})
        Traceback (most recent call last):
        streams.errors.UsageError: --scale dedupe=3: dedupe works in one process, because every \
article is compared with the same memory; 2 of 3 would be idle. Leave it out: a process that ends \
is restarted within a second
    """
    for stage in STAGES:
        n_processes = scale.get(stage.name, 1)
        if stage.is_single and n_processes > 1:
            raise UsageError(
                f"--scale {stage.name}={n_processes}: {stage.name} works in one process, because "
                f"every article is compared with the same memory; {n_processes - 1} of "
                f"{n_processes} would be idle. Leave it out: a process that ends is restarted "
                "within a second"
            )


def idle_processes(scale: Mapping[str, int], partitions: Mapping[str, int]) -> list[str]:
    """Return a sentence for each stage with more processes than its topics have partitions.

    Args:
        scale: Number of processes by stage.
        partitions: Number of partitions by topic.

    Examples:
        >>> idle_processes({"clean": 10}, {"articles.raw.v1": 8})
        ['clean: 2 of 10 processes are idle, because articles.raw.v1 has 8 partitions; add some \
with `streams topics grow`']
        >>> idle_processes({"clean": 8}, {"articles.raw.v1": 8})
        []
    """
    sentences = []
    for stage in STAGES:
        names = [topic.name for topic, _ in stage.reads]
        n_processes = scale.get(stage.name, 1)
        n_partitions = sum(partitions.get(name, 0) for name in names)
        if n_processes > max(1, n_partitions):
            have = "has" if len(names) == 1 else "together have"
            sentences.append(
                f"{stage.name}: {n_processes - n_partitions} of {n_processes} processes are idle, "
                f"because {' and '.join(names)} {have} {plural(n_partitions, 'partition')}; add "
                "some with `streams topics grow`"
            )
    return sentences


class Pipeline:
    """Everything that `streams run` runs, as a context manager: leaving it stops all.

    Args:
        settings: Settings; without a broker a local one is started.
        scale: Number of processes by stage.
        feeds: File of feeds to poll; by default no process polls feeds.
        deliver: Whether a process delivers alerts.
        serve: Whether a process serves HTTP, at the port of the settings.
        waits: Conditions for the first start of processes, by their names.
        log_folder: Folder of one log per process; by default they log to this process's stderr.
        report: Gets a line about each part of the start.
        die_with_parent: Whether the local broker ends with this process even if that is killed.

    Attributes:
        settings: Settings with the broker filled in.
        children: The processes.
    """

    def __init__(
        self,
        settings: Settings,
        scale: Mapping[str, int],
        *,
        feeds: Path | None = None,
        deliver: bool = False,
        serve: bool = False,
        waits: Mapping[str, Wait] = MappingProxyType({}),
        log_folder: Path | None = None,
        report: Callable[[str], None] = lambda _text: None,
        die_with_parent: bool = False,
    ) -> None:
        self.settings = settings
        self._scale = scale
        self._logs = log_folder
        self._report = report
        self._die_with_parent = die_with_parent
        self._stack = AsyncExitStack()
        self.children: list[Child] = [
            Child(
                f"{stage.name}-{index}",
                ("worker", stage.name, "--instance", f"{this_host()}-{index}"),
                log_folder / f"{stage.name}-{index}.log" if log_folder else None,
            )
            for stage in STAGES
            for index in range(1, scale.get(stage.name, 1) + 1)
        ]
        if feeds is not None:
            self.children.append(self._child("sources", "run", "--feeds", str(feeds)))
        self._deliver = deliver
        if deliver:
            self.children.append(self._child("deliver"))
        if serve:
            log_path = log_folder / "serve-1.log" if log_folder else None
            port = settings.serve_port
            self.children.append(Child("serve-1", ("serve",), log_path, fixed_port=port))
        for child in self.children:
            child.wait = waits.get(child.name)
        self.supervisor = Supervisor(self.children, {})
        self._running: asyncio.Task[int] | None = None

    def _child(self, name: str, *words: str) -> Child:
        """Return the only process of a kind that is not a stage."""
        return Child(
            f"{name}-1",
            (name, *words, "--instance", f"{this_host()}-1"),
            self._logs / f"{name}-1.log" if self._logs else None,
        )

    async def __aenter__(self) -> Self:
        """Start everything; the processes may not be ready yet."""
        self._name_members()
        load_entities(self.settings.entities)
        check_enrichers(self.settings.enrichers)
        if self._deliver:
            load_channels(self.settings.channels)
        try:
            await self._start_broker()
            await create_topics(self.settings, required_topics(self.settings))
            self._report("topics ready")
            for sentence in await self._idle_processes():
                self._report(sentence)
        except BaseException:
            await self._stack.aclose()
            raise
        self.supervisor = Supervisor(
            self.children,
            self.settings.environment(),
            log_max_bytes=self.settings.log_max_bytes,
        )
        self._running = asyncio.ensure_future(self.supervisor.run())
        return self

    def _name_members(self) -> None:
        """Name the processes as in no other installation, also not on a host of the same name."""
        host = this_host()
        unique = f"{host}-{member_suffix(self.settings.data)}"
        for child in self.children:
            child.command = tuple(
                unique + word.removeprefix(host)
                if before == "--instance" and word.startswith(f"{host}-")
                else word
                for before, word in zip(("", *child.command), child.command, strict=False)
            )

    async def _idle_processes(self) -> list[str]:
        """Return a sentence for each stage with more processes than partitions."""
        if max(self._scale.values(), default=1) == 1:
            return []
        states = await topic_states(self.settings, required_topics(self.settings))
        partitions = {state.topic.name: state.partitions for state in states}
        return idle_processes(self._scale, partitions)

    async def _start_broker(self) -> None:
        if self.settings.broker:
            return
        options = BrokerOptions(
            data=self.settings.data / "kafka", die_with_parent=self._die_with_parent
        )
        broker = await start_broker(options, progress=self._report)
        if broker.started_here:
            self._stack.push_async_callback(broker.stop)
        watching = asyncio.ensure_future(watch_broker(broker, options, report=self._report))
        self._stack.callback(watching.cancel)
        self.settings = self.settings.model_copy(update={"broker": broker.bootstrap})

    async def wait(self, stop: asyncio.Event) -> int:
        """Run until ``stop`` is set.

        Returns:
            The exit code, 0.
        """
        assert self._running is not None  # noqa: S101  # set by __aenter__
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait((self._running, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self.supervisor.stop()
        return await self._running

    async def wait_ready(self) -> None:
        """Wait until every process is ready."""
        await self.supervisor.wait_ready()

    async def __aexit__(self, *_exception: object) -> None:
        """Stop the processes, then the broker if it was started here."""
        self.supervisor.stop()
        try:
            if self._running is not None:
                await self._running
        finally:
            await self._stack.aclose()
