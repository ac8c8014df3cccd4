"""Create the application that `streams serve` runs."""

from collections.abc import Sequence

from litestar import Litestar

from streams.config.channels_file import watched_channels
from streams.serve.alerts.handlers import stream_component
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.component import Component, assemble_app
from streams.serve.feeds.backfill import Backfill, find_matches
from streams.serve.feeds.handlers import feeds_component
from streams.serve.producer import ReconnectingProducer
from streams.serve.push.admission import admission
from streams.serve.push.handlers import push_component
from streams.serve.push.sender import ArticleSender
from streams.serve.push.service import PushService
from streams.serve.searches.backtest import backtest_component
from streams.serve.searches.checker import SearchChecker
from streams.serve.searches.handlers import searches_component
from streams.serve.searches.store import SavedSearches
from streams.settings import Settings


def create_app(settings: Settings, *, more: Sequence[Component] = ()) -> Litestar:
    """Create the application with all components, connected to the Kafka of the settings.

    Args:
        settings: Settings with a broker.
        more: Components of other packages.

    Raises:
        UsageError: If the file of tokens or that of channels is invalid.
    """
    producer = ReconnectingProducer(settings)
    admitted = admission(settings)
    kafka = Component(
        handlers=(),
        running=[lambda _app: producer.running(), lambda _app: admitted.running()],
        facts=[lambda: {"kafka_ready": producer.ready}],
    )
    saved = SavedSearches(settings, producer)
    sender = ArticleSender(producer.send, topic_id=producer.topic_id)
    pushes = PushService(sender, max_page_bytes=settings.max_page_bytes, slices=admitted.slices)
    log, reader = AlertLog(settings, saved), AlertReader(settings)
    components = [
        kafka,
        push_component(producer, pushes),
        searches_component(saved, SearchChecker(watched_channels(settings.channels))),
        backtest_component(),
        stream_component(log, reader),
        feeds_component(log, reader, Backfill(find_matches(settings))),
    ]
    return assemble_app(settings, components=[*components, *more])
