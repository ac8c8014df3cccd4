"""DroppedArticle: an article left out on purpose."""

from streams.records.record import ArticleId, Name, Receipt, Record, Url


class DroppedArticle(Record, frozen=True, kw_only=True):
    """An article that a stage left out on purpose, and why.

    Attributes:
        id: The article.
        url: As given; empty if none.
        source: Who delivered it.
        title: As far as known.
        stage: Who dropped it.
        reason: One of `streams.outcome.DropReason`.
        evidence: What the decision rests on; may be empty.
        receipts: What the stages before decided.
    """

    id: ArticleId
    source: Name
    stage: Name
    reason: Name
    url: Url = ""
    title: str = ""
    evidence: str = ""
    receipts: tuple[Receipt, ...] = ()
