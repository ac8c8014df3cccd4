"""The three outcomes of a stage, and the two closed sets of reasons."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class DropReason(StrEnum):
    """Why an article was left out on purpose; never changes, because it is a metric label."""

    EMPTY_ARTICLE = "empty_article"
    """The article has neither a title nor a text."""
    EMPTY_SHELL = "empty_shell"
    """The page has a title in its head, and no text at all."""
    SCRIPT_REQUIRED = "script_required"
    """The page only asks to enable JavaScript."""
    CONSENT_WALL = "consent_wall"
    """The page only asks for consent to cookies."""
    NOT_FOUND = "not_found"
    """The page says that it does not exist, whatever its status code."""
    BLOCKED = "blocked"
    """The page refuses the reader: a robot check, an access denied."""
    SECTION_PAGE = "section_page"
    """The page is a home or section page: it lists articles and is not an article."""


class RejectReason(StrEnum):
    """Why a record could not be read; never changes, because it is a metric label."""

    NOT_JSON = "not_json"
    """The value is not JSON."""
    NOT_THIS_RECORD = "not_this_record"
    """The value is JSON, but not the record of its topic."""
    MISSING_VALUE = "missing_value"
    """The record has no value: a tombstone on a topic where it has no meaning."""
    UNUSABLE_URL = "unusable_url"
    """The URL is not an absolute http or https URL."""
    UNREADABLE_BODY = "unreadable_body"
    """The body cannot be decompressed or decoded."""
    TOO_LARGE = "too_large"
    """The body, or the record made from it, is larger than its limit."""
    TIMED_OUT = "timed_out"
    """The stage did not finish within its time limit, and its process was killed."""
    CRASHED = "crashed"
    """The process that worked on the record died twice."""
    ENRICHER_FAILED = "enricher_failed"
    """A function named in NEWS_ENRICHERS raised an exception, or returned an invalid value."""
    STAGE_FAILED = "stage_failed"
    """The stage raised an exception: a bug, to be reported."""


@dataclass(frozen=True, slots=True)
class Emit(Generic[T_co]):
    """The article continues as this record."""

    record: T_co


@dataclass(frozen=True, slots=True)
class Drop:
    """The article is left out on purpose."""

    reason: DropReason
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """The record could not be read and becomes a dead letter."""

    reason: RejectReason
    detail: str


Outcome = Emit[T_co] | Drop | Reject
"""The result of a stage: it never raises for bad data."""
