"""The application as `streams serve` runs it: all parts, on the Kafka of the settings."""

from collections.abc import Sequence

from litestar import Litestar

from streams.config.watched_channels import WatchedChannels
from streams.serve.alerts.handlers import stream_part
from streams.serve.alerts.log import AlertLog
from streams.serve.alerts.reader import AlertReader
from streams.serve.component import Part, create_app
from streams.serve.feeds.handlers import feeds_part
from streams.serve.producer import Outlet
from streams.serve.push.handlers import push_part
from streams.serve.push.sender import Intake
from streams.serve.push.service import Desk
from streams.serve.searches.backtest import trial_part
from streams.serve.searches.handlers import searches_part
from streams.serve.searches.store import SavedSearches
from streams.settings import Settings


def whole_app(settings: Settings, *, more: Sequence[Part] = ()) -> Litestar:
    """Build the application with everything that it serves.

    Args:
        settings: With a broker.
        more: Parts of other packages.

    Raises:
        UsageError: If the file of tokens or that of channels cannot be used.
    """
    outlet = Outlet(settings)
    kafka = Part(
        handlers=(),
        running=[lambda _app: outlet.running()],
        facts=[lambda: {"kafka_ready": outlet.ready}],
    )
    saved = SavedSearches(settings, outlet)
    log, reader = AlertLog(settings, saved), AlertReader(settings)
    parts = [
        kafka,
        push_part(outlet, Desk(Intake(outlet.send))),
        searches_part(saved, WatchedChannels(settings.channels)),
        trial_part(),
        stream_part(log, reader),
        feeds_part(log, reader),
    ]
    return create_app(settings, parts=[*parts, *more])
