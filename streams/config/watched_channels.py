"""The channels in force, and what becomes of them when their file changes."""

from pathlib import Path

import structlog

from streams.config.channels import ChannelError
from streams.config.channels_file import HERE, load_channels

log = structlog.get_logger()

Stamp = tuple[int, int] | None


class WatchedChannels:
    """Reads the file of channels again when it changes; a broken one changes nothing.

    Attributes:
        channels: The latest that can be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read them.

        Raises:
            ChannelError: If they cannot be used.
        """
        self._path = path
        self._stamp = self._look()
        self.channels = load_channels(path)

    def renew(self) -> bool:
        """Look at the file; tell whether there are other channels now."""
        stamp = self._look()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            channels = load_channels(self._path)
        except ChannelError as error:
            problem = str(error)
            log.critical("channels not taken over; the former ones stay in force", problem=problem)
            return False
        changed, self.channels = channels != self.channels, channels
        log.info("channels taken over", channels=sorted(channels.named))
        return changed

    def _look(self) -> Stamp:
        try:
            found = (self._path or HERE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
