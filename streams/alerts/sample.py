"""Build a sample alert, to preview messages before there is a real alert."""

from datetime import UTC, datetime

from streams.records import Alert, Clause, Entity, EntityType, Field, Highlight, Subscription

_TITLE = "Harbor bridge reopens after three months"
_PASSAGE = "The harbor bridge opened to traffic on Monday, three months after a storm damaged it."


def sample_alert(subscription: Subscription) -> Alert:
    """Return a sample alert of a saved search, with a value in every field.

    Examples:
        >>> sample_alert(Subscription(id="bridges", query="bridge")).title
        'Harbor bridge reopens after three months'
    """
    article = "6b626991-d331-5668-91ea-aedb6407150e"
    matches = ((Field.TITLE, _TITLE.index("bridge")), (Field.TEXT, _PASSAGE.index("bridge")))
    return Alert(
        id=f"{subscription.id}/{article}/1",
        subscription_id=subscription.id,
        article_id=article,
        title=_TITLE,
        url="https://news.example/harbor-bridge",
        published=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
        source="example-news",
        language="en",
        summary=_PASSAGE,
        clauses=(Clause(text=subscription.query),),
        highlights=tuple(
            Highlight(field=field, start=start, end=start + len("bridge"))
            for field, start in matches
        ),
        entities=(
            Entity(id="Q1", name="Harbor Authority", type=EntityType.ORG, count=1, salience=0.5),
        ),
        passage=_PASSAGE,
    )
