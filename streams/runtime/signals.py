"""Ctrl-C and SIGTERM for commands that finish their work before they end."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set an event on the first Ctrl-C or SIGTERM; a second one ends the process as usual."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def remove() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    def on_signal() -> None:
        stop.set()
        remove()

    # Python delivers signals to the main thread only.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    for number in numbers:
        loop.add_signal_handler(number, on_signal)
    try:
        yield
    finally:
        remove()
