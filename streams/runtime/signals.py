"""Ctrl-C and SIGTERM for commands that finish what they began."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM set an event; a second one ends the process as usual."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def remove() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    def heard() -> None:
        stop.set()
        remove()

    if threading.current_thread() is not threading.main_thread():  # signals never come here
        yield
        return
    for number in numbers:
        loop.add_signal_handler(number, heard)
    try:
        yield
    finally:
        remove()
