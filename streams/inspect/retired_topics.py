"""Topics of routes that no rule names any more."""

from streams.config.routes import required_topics
from streams.kafka.read import topics_with_prefix
from streams.records.topics import Topic, topic_named
from streams.settings import Settings


async def retired_topics(settings: Settings) -> list[Topic]:
    """Return the routed topics on the broker whose route is not in the file of routes.

    Raises:
        RouteFileError: If the file of routes is invalid.
        BrokerError: If the broker cannot be reached.
    """
    required = {topic.name for topic in required_topics(settings)}
    retired = []
    for name in await topics_with_prefix(settings, "routed."):
        if name not in required:
            try:
                retired.append(topic_named(name))
            except KeyError:  # a topic of another program, such as routed.x.v2
                continue
    return retired
