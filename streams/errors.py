"""What can go wrong around the stages, as one tree.

::

    NewsStreamsError        one sentence: what we were doing, what is wrong, the remedy
    ├── UsageError          what the user gave cannot be used: exit code 2
    │   └── SettingsError   a setting is missing or wrong
    └── BrokerError         Kafka cannot be started, reached or used

Bad data is no error: a stage answers with `streams.outcome.Reject`.
"""


class NewsStreamsError(Exception):
    """Something around the stages went wrong; the message says what to do."""


class UsageError(NewsStreamsError):
    """What the user gave cannot be used; the message names the file, the field and the remedy."""


class SettingsError(UsageError):
    """A setting is missing or wrong."""


class BrokerError(NewsStreamsError):
    """Kafka cannot be started, reached or used."""
