"""The settings of a command, with the local broker filled in."""

from streams.broker import require_broker
from streams.settings import Settings, load_settings


def settings_with_broker(**overrides: object) -> Settings:
    """Load the settings; without ``NEWS_BROKER``, use the local broker that is running.

    Raises:
        SettingsError: If a setting is invalid.
        BrokerError: If no broker is set and none is running.
    """
    settings = load_settings(**overrides)
    if settings.broker:
        return settings
    return settings.model_copy(update={"broker": require_broker(settings.data / "kafka").bootstrap})
