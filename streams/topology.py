"""THE MAP, as data: each stage, what it reads, what it may write, why it lets go of an article."""

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
    UNIQUE,
)
from streams.records.unique import UniqueArticle

UNREADABLE = (RejectReason.NOT_JSON, RejectReason.NOT_THIS_RECORD, RejectReason.MISSING_VALUE)
"""Every stage rejects what is not its record."""

FAILED = (
    RejectReason.TOO_LARGE,
    RejectReason.TIMED_OUT,
    RejectReason.CRASHED,
    RejectReason.STAGE_FAILED,
)
"""What the shell around a stage rejects in its name."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the way of an article.

    Attributes:
        name: A verb; with ``news-`` before it the app id and consumer group, fixed for ever.
        reads: Topic and the record its values must be.
        writes: Topics it may write to; ``routed`` stands for those of the routes.
        drops: Why it may leave an article out.
        rejects: Why it may refuse a record.
        pooled: Whether it costs so much CPU that it runs in killable processes.
        text: What it does, one sentence.
    """

    name: str
    reads: tuple[tuple[Topic, type[Record]], ...]
    writes: tuple[Topic, ...]
    drops: tuple[DropReason, ...] = ()
    rejects: tuple[RejectReason, ...] = ()
    pooled: bool = False
    text: str

    @property
    def app_id(self) -> str:
        """Name of the Faust app and of the consumer group."""
        return f"news-{self.name}"


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
    pooled=True,
    text="finds title, text, date, language and the rest in page or text",
)
DEDUPE_STAGE = Stage(
    name="dedupe",
    reads=((CLEAN, CleanArticle),),
    writes=(UNIQUE, DUPLICATES, MEMORY, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED),
    text="tells new articles, revisions and copies apart",
)
TAG_STAGE = Stage(
    name="tag",
    reads=((UNIQUE, UniqueArticle),),
    writes=(ENRICHED, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED),
    pooled=True,
    text="finds people, organisations and places",
)
ROUTE_STAGE = Stage(
    name="route",
    reads=((ENRICHED, EnrichedArticle), (DUPLICATES, DuplicateArticle)),
    writes=(ALERTS, DEAD_LETTER),
    rejects=(*UNREADABLE, *FAILED),
    text="sends each article to every route whose rule it meets, else to `unmatched`; makes alerts",
)

STAGES: tuple[Stage, ...] = (CLEAN_STAGE, DEDUPE_STAGE, TAG_STAGE, ROUTE_STAGE)
"""The stages in the order an article meets them."""


def stage_named(name: str) -> Stage:
    """Find a stage by its name.

    Raises:
        KeyError: If there is none.

    Examples:
        >>> stage_named("clean").app_id
        'news-clean'
    """
    for stage in STAGES:
        if stage.name == name:
            return stage
    raise KeyError(name)
