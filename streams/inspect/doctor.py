"""Run the checks of `streams doctor`."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError
from aiokafka.protocol.admin import ApiVersionRequest
from packaging.requirements import Requirement

from streams.broker import find_broker
from streams.config.routes import load_routes, required_topics, route_file
from streams.errors import NewsStreamsError, SettingsError, UsageError
from streams.extensions import (
    CHANNELS,
    SOURCE_FORMATS,
    ExtensionError,
    function_names,
    installed,
    load_installed,
)
from streams.extras import EXTRAS, missing_modules
from streams.inspect.retired_topics import retired_topics
from streams.kafka.connection import connection_error, connection_options
from streams.kafka.coverage import Coverage, group_coverage
from streams.kafka.errors import describe_error, refusal_remedy, translate_errors
from streams.kafka.read import readable_lag
from streams.kafka.topics import TopicState, admin, topic_states
from streams.processors.enrichers_check import check_enrichers
from streams.processors.names_model import ENGLISH, names_model
from streams.settings import Settings
from streams.text.plural import plural
from streams.topology import STAGES, Stage

OLDEST_PYTHON: Final = (3, 11)
"""Same as ``requires-python`` in pyproject.toml."""

FREE_BYTES: Final = 2 * 1024**3
"""Free disk space that Kafka needs: two of its segments, 1 GiB each by default."""

OLDEST_FETCH: Final = 4
"""Version of Fetch with record headers, which carry the origin of a record (Kafka 0.11)."""

RELEASES: Final = {18: "4.1", 17: "3.9", 16: "3.7", 15: "3.5", 13: "3.1", 12: "2.7", 4: "0.11"}
"""First Kafka release by version of Fetch; a broker does not send its own version.

References: ``FetchRequest.json`` in Kafka's sources, and the releases of the KIPs it names.
"""


@dataclass(frozen=True, kw_only=True)
class Check:
    """The result of a check.

    Attributes:
        name: What was checked.
        sound: Whether the check passed.
        found: What was found.
        remedy: What to do; empty for nothing.
    """

    name: str
    sound: bool
    found: str
    remedy: str = ""


async def all_checks(settings: Settings) -> list[Check]:
    """Run all checks; without Kafka, leave out the checks that need it."""
    checks = [
        python_check(sys.version_info[:3]),
        packages_check(
            metadata.requires("news-streams") or [],
            extras=[extra for extra in EXTRAS if not missing_modules(extra)],
        ),
        disk_check(settings.data),
    ]
    rules = rules_check(settings.routes)
    checks += [rules, model_check(), *extensions_checks(settings.enrichers)]
    settings, broker = await _broker(settings)
    checks.append(broker)
    # The topics depend on the routes.
    if not broker.sound or not rules.sound:
        return checks
    topics = await _topics(settings)
    checks.append(topics)
    if topics.sound:
        checks += [await _lag(settings, stage) for stage in STAGES]
    return checks


def rules_check(path: Path | None) -> Check:
    """Check that the active routes are valid.

    Args:
        path: Their file; None for the default of `streams.config.routes.route_file`.
    """
    try:
        rules = load_routes(path)
    except UsageError as error:
        remedy = "fix the file; check it with `streams routes check`"
        return Check(name="routes", sound=False, found=str(error), remedy=remedy)
    return Check(
        name="routes", sound=True, found=f"{plural(len(rules), 'route')} in {route_file(path)}"
    )


def model_check(language: str = ENGLISH) -> Check:
    """Check the model of names, and say which one is used and under which license.

    Args:
        language: Language of the model.

    Examples:
        >>> model_check("xx").found
        'of News Streams itself (CC-BY-4.0 AND CC-BY-2.5 AND OGL-UK-3.0)'
    """
    name = "model of names"
    try:
        model = names_model(language)
    except ExtensionError as error:
        return Check(name=name, sound=False, found=str(error))
    found = f"of {model.package or 'News Streams itself'} ({model.license})"
    return Check(name=name, sound=True, found=found)


def extensions_checks(enrichers: str) -> list[Check]:
    """Check that extensions of other packages can be loaded; no check where none is installed.

    Args:
        enrichers: The setting ``NEWS_ENRICHERS``.
    """
    points = [(group, name) for group in (SOURCE_FORMATS, CHANNELS) for name in installed(group)]
    if not points and not enrichers:
        return []
    try:
        check_enrichers(enrichers)
        for group, name in points:
            load_installed(group, name)
    except ExtensionError as error:
        return [Check(name="extensions", sound=False, found=str(error))]
    names = (*function_names(enrichers), *(name for _, name in points))
    return [Check(name="extensions", sound=True, found=f"{', '.join(names)} can be loaded")]


def python_check(version: tuple[int, int, int]) -> Check:
    """Check the version of Python.

    Examples:
        >>> python_check((3, 9, 2)).sound
        False
    """
    sound = version[:2] >= OLDEST_PYTHON
    remedy = "" if sound else f"install Python {'.'.join(map(str, OLDEST_PYTHON))} or newer"
    found = ".".join(map(str, version))
    return Check(name="Python", sound=sound, found=found, remedy=remedy)


def packages_check(requirements: list[str], *, extras: Sequence[str] = ()) -> Check:
    """Check that the required versions of the packages are installed.

    Args:
        requirements: Requirements of the distribution.
        extras: Installed extras; the requirements of other extras are ignored.

    Examples:
        >>> packages_check(["typer>=9999"]).sound
        False
    """
    wrong = []
    n_needed = 0
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            continue
        n_needed += 1
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} is {version}, expected {requirement.specifier}")
    remedy = "reinstall: `pip install --force-reinstall news-streams`" if wrong else ""
    found = "; ".join(wrong) or f"all {n_needed} in the required versions"
    return Check(name="packages", sound=not wrong, found=found, remedy=remedy)


def disk_check(data: Path) -> Check:
    """Check the free disk space for the local broker and the logs."""
    folder = data
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    sound = free >= FREE_BYTES
    remedy = "" if sound else "free disk space, or set NEWS_DATA to a folder on another disk"
    found = f"{free / 1024**3:.1f} GiB free for {data}"
    return Check(name="disk", sound=sound, found=found, remedy=remedy)


async def _broker(settings: Settings) -> tuple[Settings, Check]:
    """Find the broker and check its version."""
    if not settings.broker:
        running = find_broker(settings.data / "kafka")
        if running is None:
            remedy = "start it with `streams broker start` or `streams run`, or set NEWS_BROKER"
            return settings, Check(name="Kafka", sound=False, found="not running", remedy=remedy)
        settings = settings.model_copy(update={"broker": running.bootstrap})
    try:
        fetch = await _fetch_version(settings)
    except (KafkaError, OSError, NewsStreamsError) as error:
        if isinstance(error, (KafkaError, OSError)):
            error = await connection_error(settings, error)
        problem = str(error) if isinstance(error, NewsStreamsError) else describe_error(error)
        found = f"{settings.broker} does not answer: {problem}"
        remedy = "start it, or correct NEWS_BROKER; for TLS or a login set NEWS_SECURITY_PROTOCOL"
        if isinstance(error, SettingsError):
            found, remedy = problem, "correct the setting"
        elif refusal := refusal_remedy(error):
            found, remedy = f"{settings.broker} answers: {problem}", refusal
        return settings, Check(name="Kafka", sound=False, found=found, remedy=remedy)
    release = next((name for known, name in RELEASES.items() if fetch >= known), "too old")
    sound = fetch >= OLDEST_FETCH
    remedy = "" if sound else f"use Kafka {RELEASES[OLDEST_FETCH]} or newer"
    found = f"{settings.broker} answers, Kafka {release} or newer"
    return settings, Check(name="Kafka", sound=sound, found=found, remedy=remedy)


async def _fetch_version(settings: Settings) -> int:
    client = AIOKafkaClient(**connection_options(settings))
    try:
        await client.bootstrap()
        answer = await client.send(client.get_random_node(), ApiVersionRequest())
    finally:
        await client.close()
    return max((newest for key, _, newest in answer.api_versions if key == 1), default=0)


async def _topics(settings: Settings) -> Check:
    async with translate_errors("listing the topics"):
        states = await topic_states(settings, required_topics(settings))
    return topics_check(states, n_retired=len(await retired_topics(settings)))


def topics_check(states: Sequence[TopicState], *, n_retired: int = 0) -> Check:
    """Check that the topics exist, with numbers of partitions that they can have.

    No remedy deletes records: partitions can be added to topics that have too few, and tables with
    too many are left behind under their prefix.

    Args:
        states: The required topics.
        n_retired: Number of topics of removed routes.
    """
    missing = [state.topic.name for state in states if not state.partitions]
    wrong = [state for state in states if state.partitions and not state.usable]
    grown = [state for state in states if state.usable and not state.sound]
    if missing:
        return Check(
            name="topics",
            sound=False,
            found=f"missing: {', '.join(missing)}",
            remedy="create them with `streams topics create`",
        )
    if wrong:
        found = "; ".join(_partitions_text(state) for state in wrong)
        return Check(name="topics", sound=False, found=found, remedy=_partitions_remedy(wrong))
    more = f"; added partitions: {', '.join(_grown_text(state) for state in grown)}"
    found = f"all {len(states)} exist{more if grown else ''}"
    if n_retired:
        found += f"; {plural(n_retired, 'topic')} of removed routes (`streams topics prune`)"
    return Check(name="topics", sound=True, found=found)


def _partitions_text(state: TopicState) -> str:
    wanted = state.topic.partitions
    return f"{state.topic.name} has {plural(state.partitions, 'partition')}, expected {wanted}"


def _grown_text(state: TopicState) -> str:
    return f"{state.topic.name} {state.partitions} (created with {state.topic.partitions})"


def _partitions_remedy(wrong: Sequence[TopicState]) -> str:
    """Return what to do about topics with a number of partitions that they cannot have."""
    small = [state for state in wrong if state.topic.can_grow]
    if small:
        commands = ", ".join(
            f"`streams topics grow {state.topic.name} {state.topic.partitions}`" for state in small
        )
        return f"add the missing partitions, records stay: {commands}"
    tables = ", ".join(state.topic.name for state in wrong)
    return (
        f"Kafka cannot change the partitions of a table and keep its records in order ({tables}): "
        "let the pipeline read everything, then set another NEWS_TOPIC_PREFIX, which leaves the "
        "old topics as they are, and run `streams topics create`"
    )


async def _lag(settings: Settings, stage: Stage) -> Check:
    """Check that a stage with lag has an active consumer, and every partition a reader."""
    group = settings.topic_prefix + stage.app_id
    topics = [topic.name for topic, _ in stage.reads]
    async with translate_errors(f"reading the group {group}"):
        coverage = await group_coverage(settings, stage.app_id, topics)
        async with admin(settings) as client:
            try:
                committed = await client.list_consumer_group_offsets(group)
            except GroupCoordinatorNotAvailableError:
                committed = {}  # a new broker creates the topic of offsets only now
    offsets = {partition: position.offset for partition, position in committed.items()}
    return group_check(stage, coverage, await readable_lag(settings, topics, offsets))


def group_check(stage: Stage, coverage: Coverage, lag: int) -> Check:
    """Check what is known about the consumer group of a stage.

    Args:
        stage: The stage.
        coverage: The partitions of its topics, and those that its workers read.
        lag: Records that wait, in all partitions.
    """
    name = f"group {stage.app_id}"
    active = "consumer active" if coverage.is_active else "no active consumer"
    found = f"lag {lag:,}, {active}"
    if lag and not coverage.is_active:
        remedy = f"start one with `streams run` or `streams worker {stage.name}`"
        return Check(name=name, sound=False, found=found, remedy=remedy)
    if coverage.unassigned:
        names = ", ".join(f"{topic}-{number}" for topic, number in coverage.unassigned)
        return Check(
            name=name,
            sound=False,
            found=f"{found}; no process reads {names}",
            remedy="wait a minute: its workers look for added partitions and share them anew; if "
            f"not, they are of an older version: stop all workers of {stage.name} for longer than "
            "NEWS_SESSION_SECONDS and start them again; no record is lost",
        )
    return Check(name=name, sound=True, found=found)
