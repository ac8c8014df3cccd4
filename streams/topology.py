"""The map of the pipeline, as data: the stages, their topics, and why they drop or reject."""

from dataclasses import dataclass

from streams.outcome import DropReason, RejectReason
from streams.records import Record, Topic
from streams.records.clean import CleanArticle
from streams.records.duplicate import DuplicateArticle
from streams.records.enriched import EnrichedArticle
from streams.records.raw import RawArticle
from streams.records.topics import (
    ALERTS,
    CLEAN,
    DEAD_LETTER,
    DROPPED,
    DUPLICATES,
    ENRICHED,
    MEMORY,
    RAW,
    ROUTED,
    SUBSCRIPTIONS,
    UNIQUE,
)
from streams.records.unique import UniqueArticle

UNREADABLE = (RejectReason.NOT_JSON, RejectReason.NOT_THIS_RECORD, RejectReason.MISSING_VALUE)
"""Every stage rejects values that are not its record."""

FAILED = (
    RejectReason.TOO_LARGE,
    RejectReason.TIMED_OUT,
    RejectReason.CRASHED,
    RejectReason.STAGE_FAILED,
)
"""Reasons for which the worker rejects a record on behalf of a stage."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of the pipeline.

    Attributes:
        name: A verb; with the prefix ``news-`` the app id and consumer group, which never change.
        reads: Topics, each with the record that its values must be.
        writes: Topics it may write to, without those of the routes.
        drops: Reasons for leaving an article out.
        rejects: Reasons for rejecting a record.
        text: What it does, in one sentence.
        tables: Compacted topics that it reads completely before its first article, into the state
            that ``build_state`` of its processor's module builds.
        writes_routes: Whether it also writes the topics of the routes.
        pooled: Whether it runs in killable processes, because it needs much CPU.
        has_fallback: Whether a record that took too long is retried by a cheaper processor.
        runs_enrichers: Whether it runs the functions of ``NEWS_ENRICHERS``.
        min_processes: Minimum number of killable processes, unless the settings say otherwise.
        buffer_records: Maximum number of fetched records that wait; 1,024 are 10 MB and allow
            1,500 records a second. With 8,192 `dedupe` took 35 MB more with a million articles.
        processor: Module whose ``build_processor`` builds its processor; defaults to the module of
            its name in `streams.processors`.
        runner: Module whose ``build_runner`` builds its own runner. By default a stage runs on its
            tables if it has some, in killable processes if it is `pooled`, otherwise in place.
    """

    name: str
    reads: tuple[tuple[Topic, type[Record]], ...]
    writes: tuple[Topic, ...]
    drops: tuple[DropReason, ...] = ()
    rejects: tuple[RejectReason, ...] = ()
    text: str
    tables: tuple[Topic, ...] = ()
    writes_routes: bool = False
    pooled: bool = False
    has_fallback: bool = False
    runs_enrichers: bool = False
    min_processes: int = 1
    buffer_records: int = 1024
    processor: str = ""
    runner: str = ""

    @property
    def app_id(self) -> str:
        """Name of the Faust app and of the consumer group."""
        return f"news-{self.name}"

    @property
    def is_single(self) -> bool:
        """Whether one process does all its work, because its topics have one partition.

        Examples:
            >>> DEDUPE_STAGE.is_single, TAG_STAGE.is_single
            (True, False)
        """
        return all(topic.partitions == 1 for topic, _ in self.reads)

    @property
    def processor_module(self) -> str:
        """Dotted name of the module that builds its processor.

        Examples:
            >>> TAG_STAGE.processor_module
            'streams.processors.tag'
        """
        return self.processor or f"streams.processors.{self.name}"


CLEAN_STAGE = Stage(
    name="clean",
    reads=((RAW, RawArticle),),
    writes=(CLEAN, DROPPED, DEAD_LETTER),
    drops=(
        DropReason.EMPTY_ARTICLE,
        DropReason.EMPTY_SHELL,
        DropReason.SCRIPT_REQUIRED,
        DropReason.CONSENT_WALL,
        DropReason.NOT_FOUND,
        DropReason.BLOCKED,
        DropReason.SECTION_PAGE,
    ),
    rejects=(*UNREADABLE, RejectReason.UNUSABLE_URL, RejectReason.UNREADABLE_BODY, *FAILED),
    text="finds title, text, date, language and the rest in page or text",
    pooled=True,
    has_fallback=True,
    min_processes=2,
    buffer_records=256,  # pages: 25 MB
)
DEDUPE_STAGE = Stage(
    name="dedupe",
    reads=((CLEAN, CleanArticle),),
    writes=(UNIQUE, DUPLICATES, MEMORY, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED),
    text="tells new articles, revisions and copies apart",
    tables=(MEMORY,),
)
TAG_STAGE = Stage(
    name="tag",
    reads=((UNIQUE, UniqueArticle),),
    writes=(ENRICHED, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED, RejectReason.ENRICHER_FAILED),
    text="finds people, organizations and places",
    pooled=True,
    runs_enrichers=True,
)
ROUTE_STAGE = Stage(
    name="route",
    reads=((ENRICHED, EnrichedArticle), (DUPLICATES, DuplicateArticle)),
    writes=(ALERTS, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED),
    text="sends each article to every route whose rule matches, else to `unmatched`; raises alerts",
    tables=(SUBSCRIPTIONS,),
    writes_routes=True,
    buffer_records=4096,  # only this stage exceeds the 1,500 records/s that 1,024 allow
    runner="streams.worker.route_runner",
)

STAGES: tuple[Stage, ...] = (CLEAN_STAGE, DEDUPE_STAGE, TAG_STAGE, ROUTE_STAGE)
"""The stages in the order in which an article passes them."""


def stage_named(name: str) -> Stage:
    """Return the stage of a name.

    Raises:
        KeyError: If there is no such stage.

    Examples:
        >>> stage_named("clean").app_id
        'news-clean'
    """
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise KeyError(name)


def writers_of(topic: Topic) -> tuple[str, ...]:
    """Return the names of the stages that write a topic, in order, then those of the commands.

    Examples:
        >>> writers_of(DUPLICATES), writers_of(RAW)
        (('dedupe',), ('sources', 'replay', 'publish', 'serve'))
    """
    stages = tuple(
        stage.name
        for stage in STAGES
        if topic in stage.writes or (stage.writes_routes and topic.name.startswith(ROUTED))
    )
    return stages + topic.written_by


def readers_of(topic: Topic) -> tuple[str, ...]:
    """Return the names of the stages that read a topic, stream or table, then of the commands.

    Examples:
        >>> readers_of(DUPLICATES), readers_of(MEMORY)
        (('route', 'subscribers'), ('dedupe',))
    """
    stages = tuple(
        stage.name
        for stage in STAGES
        if topic in stage.tables or any(topic == read for read, _ in stage.reads)
    )
    return stages + topic.read_by
