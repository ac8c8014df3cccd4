"""Build the article of a feed's entry from the feed's own words, if its page has no article."""

from streams.clean.extraction import Extraction
from streams.clean.merge import EXTRACTOR_OF_FEEDS, merge_fields
from streams.outcome import Drop, Reject
from streams.records.clean import CleanArticle
from streams.records.raw import RawArticle
from streams.text.charset import DecodedText

_FEED_TEXT = DecodedText("", "utf-8", "feed")


def announced_article(raw: RawArticle, failure: Drop | Reject, *, url: str) -> CleanArticle | None:
    """Return the article that a feed announced, with headline and teaser as the feed has them.

    An entry of a feed is an article: a wall, an error page or an unreadable body in place of its
    page costs its text, but not the news. The receipt names the reason.

    Args:
        raw: The article as the source found it.
        failure: Why its page is not an article.
        url: Canonical spelling of ``raw.url``; empty if it has none.

    Returns:
        The article; None if no feed announced it, or the feed has neither title nor teaser.
    """
    if not raw.feed_url or not (raw.title.strip() or raw.summary.strip()):
        return None
    detail = failure.evidence if isinstance(failure, Drop) else failure.detail
    reason = f"page not used: {failure.reason.value}: {detail}"
    article = merge_fields(
        raw, Extraction(extractor=EXTRACTOR_OF_FEEDS), url=url, text=_FEED_TEXT, reason=reason
    )
    return article if article.title or article.text else None
