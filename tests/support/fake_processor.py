"""A processor whose messages say what happens to its process, for tests of killable processes."""

import os
import time
from datetime import datetime
from pathlib import Path

from streams.processors.message import Message, OutgoingMessage, Processor, Result
from streams.settings import Settings
from streams.topology import Stage


def build_fake_processor(stage: Stage, _settings: Settings, *, cheaply: bool = False) -> Processor:
    """Build a processor that obeys its messages.

    ``b"sleep 0.5"`` takes that number of seconds, ``b"hard 60"`` only outside the fast path,
    ``b"pid"`` returns the process id after a moment, ``b"task"`` the process id and the time of
    its task, ``b"exit 3"`` ends the process, ``b"exit once PATH"`` only if there is no such file.
    All other messages are done at once.

    Raises:
        RuntimeError: For the stage that cannot be built.
    """
    if stage.name == "route":
        raise RuntimeError("this stage cannot be loaded")

    def process(message: Message, now: datetime) -> Result:
        words = (message.value or b"").decode().split()
        match words:
            case ["sleep", seconds]:
                time.sleep(float(seconds))
            case ["hard", seconds] if not cheaply:
                time.sleep(float(seconds))
            case ["pid"]:
                time.sleep(0.05)
                return Result((OutgoingMessage("done", None, b"%d" % os.getpid()),), "emitted")
            case ["task"]:
                # The time is taken once per task, so it tells tasks apart.
                name = f"{os.getpid()} {now.isoformat()}".encode()
                return Result((OutgoingMessage("done", None, name),), "emitted")
            case ["exit", "once", path] if not Path(path).exists():
                Path(path).touch()
                os._exit(1)
            case ["exit", code]:
                os._exit(int(code))
        return Result((OutgoingMessage("done", message.key, message.value),), "emitted")

    return process
