"""What commands share: the settings with the broker filled in, and the two consoles."""

import sys

from rich.console import Console

from streams.settings import Settings, load_settings

out = Console()
"""For results: tables and text on stdout."""

err = Console(stderr=True)
"""For progress and complaints: stderr, so that stdout stays clean for pipes."""


def settings_with_broker(**overrides: object) -> Settings:
    """Read the settings; without ``NEWS_BROKER``, fill in the local broker that runs.

    Raises:
        SettingsError: If a setting cannot be used.
        BrokerError: If none is set and none runs.
    """
    from streams.broker import require_broker  # noqa: PLC0415  # only when it is needed

    settings = load_settings(**overrides)
    if settings.broker:
        return settings
    return settings.model_copy(update={"broker": require_broker(settings.data / "kafka").bootstrap})


def interactive() -> bool:
    """Whether a person watches: stdout and stderr are terminals."""
    return sys.stdout.isatty() and sys.stderr.isatty()
