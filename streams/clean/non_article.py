"""Decide whether an extracted page is not an article, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from streams.clean.walls.prose import PrintedLine, Prose, weigh_text
from streams.clean.walls.refusals import reason_of_sentences
from streams.clean.walls.titles import TitleVerdict, judge_titles
from streams.clean.walls.vocabulary import Sense
from streams.outcome import Drop, DropReason
from streams.text.characters import text_size
from streams.text.urls import is_article_url

MIN_RUN: Final = 240
"""Least size of running text that is an article under any title, if it has two paragraphs …"""

MIN_LONG_RUN: Final = 500
"""… and if it has one: teasers have up to 300 characters."""

MIN_BRIEF: Final = 120
"""Least such size if the page declares an article or has a headline: two sentences."""

MAX_WALL: Final = 1500
"""Largest text of a wall whose title does not say that it is one, except for consent …"""

MAX_CONSENT: Final = 6000
"""… where those of the IAB's framework list ten purposes."""

MAX_OTHER_LINES: Final = 60
"""Lines beside the text that are searched for what a wall says."""

MAX_UNDER_HEADLINE: Final = 400
"""Largest text of a wall on a page with a headline; longer ones are advice for readers."""

MIN_WALL_SHARE: Final = 0.6
"""Least share of a wall's text that is about the page, the browser or consent."""

MAX_BEGINNING: Final = 600
"""Characters of a text after which it is clear that it is not a wall's …"""

MIN_BEGINNING_SHARE: Final = 0.5
"""… because it says less than this share of what other sentences say."""

MIN_LISTED_HEADLINES: Final = 10
"""Fewest linked headlines of a section page; an article's page has them too, but also a text."""

MAX_SECTION_SIZE: Final = 600
"""Largest text of a section page: the teaser of its first article …"""

MAX_TEASER: Final = 250
"""… which is the largest run without a linked headline."""


@dataclass(frozen=True, slots=True)
class PageSignals:
    """Signs, beside the text, that a page is or is not an article.

    Attributes:
        titles: The page's own titles, from its title element and og:title.
        heading: Its level-one heading.
        lines: The lines that it prints, in reading order.
        noscript: Its text for readers without JavaScript.
        n_headlines: Number of linked headlines.
        is_marked: Whether the head declares an article.
        is_page: Whether it is a complete page, not a fragment from a feed.
    """

    titles: tuple[str, ...] = ()
    heading: str = ""
    lines: tuple[PrintedLine, ...] = ()
    noscript: str = ""
    n_headlines: int = 0
    is_marked: bool = False
    is_page: bool = False


NO_SIGNALS: Final = PageSignals()
"""Signals of a plain text or of a fragment from a feed."""


def drop_reason_of(
    signals: PageSignals, *, text: str, url: str, status: int = 200, landed: str = ""
) -> Drop | None:
    """Return why a fetched page is not an article, even if the server reported success.

    A plain text, or a fragment from a feed, is always an article. Of a page, its running text
    decides; what its titles and sentences say only counts if there is little of it.

    Args:
        signals: Signs beside the text.
        text: The extracted text; paragraphs are separated by line feeds.
        url: URL that it was fetched from; empty if unknown.
        status: HTTP status; 200 if unknown.
        landed: URL that redirects led to; empty if there were none.

    Returns:
        The reason and its evidence; None for an article.

    Examples:
        >>> page = PageSignals(is_page=True, titles=("Page not found | Vik Post",))
        >>> drop_reason_of(page, text="Sorry.", url="").reason.value
        'not_found'
    """
    if status in {404, 410}:
        return Drop(DropReason.NOT_FOUND, f"status {status}")
    if status >= 400:  # noqa: PLR2004 - RFC 9110, section 15: errors begin here
        return Drop(DropReason.BLOCKED, f"status {status}")
    if not signals.is_page:
        return None
    return _by_words(signals, text) or _by_shape(signals, text, url, landed)


def _by_words(signals: PageSignals, text: str) -> Drop | None:
    """Judge a page by what its titles say, else by what its sentences say."""
    verdict = judge_titles(signals.titles, heading=signals.heading)
    if verdict.reason is None and len(text) > MAX_CONSENT:
        return None
    if verdict.reason is None and not _begins_as_wall(text):
        return None
    prose = weigh_text(map(PrintedLine, text.split("\n")))
    if verdict.reason is not None:
        if _is_running_text(signals, verdict, prose):
            return None
        return Drop(verdict.reason, f"title: {verdict.evidence[:100]}")
    if prose.content < MIN_BRIEF and text_size(text) < MAX_UNDER_HEADLINE:
        whole = weigh_text([*map(PrintedLine, text.split("\n")), *_other_lines(signals)])
        # Labels beside the text, such as menus and the site's name, say nothing.
        prose = replace(whole, labels=prose.labels)
    return _by_sentences(signals, verdict, prose)


def _begins_as_wall(text: str) -> bool:
    """Return whether the beginning of a text is a wall's, which costs less than to read all."""
    start = weigh_text(map(PrintedLine, text[:MAX_BEGINNING].split("\n")))
    return start.wall >= MIN_BEGINNING_SHARE * start.content


def _is_running_text(signals: PageSignals, verdict: TitleVerdict, prose: Prose) -> bool:
    """Return whether a page under the title of a wall has the running text of an article."""
    longest = weigh_text(signals.lines).run if signals.lines else prose.run
    run = min(longest.size, prose.content)
    if run >= (MIN_RUN if longest.n_lines > 1 else MIN_LONG_RUN):
        return True
    may_be_brief = longest.n_lines > 1 or verdict.reason is not DropReason.NOT_FOUND
    if run >= MIN_BRIEF and may_be_brief and not prose.wall:
        return True
    if not (signals.is_marked or verdict.has_headline):
        return False
    if run >= MIN_BRIEF and prose.content > prose.wall:
        return True
    return signals.is_marked and verdict.has_headline and not prose.wall


def _other_lines(signals: PageSignals) -> Iterator[PrintedLine]:
    """Yield what a page prints beside an empty or short text, without links."""
    yield from (PrintedLine(title) for title in {signals.heading, *signals.titles})
    yield from (line for line in signals.lines[:MAX_OTHER_LINES] if not line.is_link)
    yield PrintedLine(signals.noscript)


def _by_sentences(signals: PageSignals, verdict: TitleVerdict, prose: Prose) -> Drop | None:
    """Judge a page without a wall's title by its sentences, if they are a wall's throughout."""
    total = prose.content + prose.labels + prose.wall
    if not prose.wall or prose.wall < MIN_WALL_SHARE * total:
        return None
    reason, evidence = reason_of_sentences(prose.said)
    if reason is None:
        return None
    limit = MAX_CONSENT if reason is DropReason.CONSENT_WALL else MAX_WALL
    if verdict.has_headline and reason is not DropReason.CONSENT_WALL:
        limit = MAX_UNDER_HEADLINE
        if not any(Sense.READER in senses for _, senses in prose.said):
            return None
    if total > limit or (signals.is_marked and prose.content >= MIN_BRIEF):
        return None
    return Drop(reason, f"text: {evidence[:100]}")


def _by_shape(signals: PageSignals, text: str, url: str, landed: str) -> Drop | None:
    """Judge a page by its URL, headlines and text length."""
    if landed and not is_article_url(landed) and is_article_url(url):
        return Drop(DropReason.SECTION_PAGE, f"redirected to {landed[:100]}")
    if url and not is_article_url(url) and not signals.is_marked:
        return Drop(DropReason.SECTION_PAGE, "URL of a root or index page")
    listed = signals.n_headlines >= MIN_LISTED_HEADLINES and not signals.is_marked
    if (
        listed
        and text_size(text) < MAX_SECTION_SIZE
        and weigh_text(signals.lines).run.size < MAX_TEASER
    ):
        return Drop(DropReason.SECTION_PAGE, f"{signals.n_headlines} linked headlines")
    titles = [title for title in (signals.heading, *signals.titles) if title]
    if titles and not text and not signals.is_marked:
        return Drop(DropReason.EMPTY_SHELL, f"title only: {titles[0][:100]}")
    return None
