"""DroppedArticle: an article that a stage left out on purpose."""

from streams.records.record import ArticleId, Name, Receipt, Record, Url


class DroppedArticle(Record, frozen=True, kw_only=True):
    """An article that a stage left out on purpose, with the reason.

    Attributes:
        id: Id of the article; the key of the record.
        url: URL of the article; empty if none.
        source: Name of the source that delivered the article.
        title: Title, if known; else empty.
        stage: Stage that dropped the article.
        reason: Reason of the decision, such as ``empty_article`` (`streams.outcome.DropReason`).
        evidence: Evidence for the decision, for people; may be empty.
        receipts: Decisions of the stages so far, in order.
    """

    id: ArticleId
    source: Name
    stage: Name
    reason: Name
    url: Url = ""
    title: str = ""
    evidence: str = ""
    receipts: tuple[Receipt, ...] = ()
