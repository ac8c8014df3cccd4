"""Spell origins for people: without the id of the raw topic that exists now."""


def short_origin(origin: str, topic_id: str) -> str:
    """Return an origin without the id of the current raw topic.

    Origins that older versions wrote have no topic id; they are taken for the current topic. An
    origin with another id keeps it: its record was on a topic that was deleted.

    Args:
        origin: The origin, as a record has it.
        topic_id: Id of the raw topic that exists now; empty if unknown.

    Examples:
        >>> short_origin("articles.raw.v1@5f2c90aa-3-17", "5f2c90aa")
        'articles.raw.v1-3-17'
        >>> short_origin("articles.raw.v1@00aa17e5-3-17", "5f2c90aa")
        'articles.raw.v1@00aa17e5-3-17'
    """
    return origin.replace(f"@{topic_id}-", "-", 1) if topic_id else origin
