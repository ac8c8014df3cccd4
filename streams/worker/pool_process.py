"""What runs inside a killable process: a stage's step, loaded once; records come as bytes."""

import os
import signal
import sys
import threading
from collections.abc import Callable, MutableSequence, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

import msgspec

from streams.processors.build import warm_up
from streams.processors.message import Message, Processor, Result
from streams.processors.running_part import RUNNING
from streams.runtime.logs import configure_logs
from streams.runtime.parent_death import die_with_parent
from streams.settings import Settings
from streams.topology import Stage

SetScheduler = Callable[[], None]
"""Sets the scheduling policy of this process."""


class Build(Protocol):
    """Makes a stage's step in a fresh process; found there by its name."""

    def __call__(self, stage: Stage, settings: Settings, *, cheaply: bool = False) -> Processor:
        """Make it."""


_step: Processor | None = None

_encoder = msgspec.msgpack.Encoder()
_messages = msgspec.msgpack.Decoder(list[Message])
_results = msgspec.msgpack.Decoder(list[Result])


def pack(items: Sequence[Message] | Sequence[Result]) -> bytes:
    """Write messages or results for the way to another process.

    One call in C for all of them. Pickling them one by one calls back into Python for each of
    these frozen dataclasses: 8 messages and results of 4 KB, 180 µs there and back; so 25 µs.
    """
    return _encoder.encode(items)


def unpack_results(data: bytes) -> list[Result]:
    """Read what `work` gave.

    Examples:
        >>> unpack_results(pack([Result((), "dropped", "empty_article")]))
        [Result(sendings=(), decision='dropped', reason='empty_article')]
    """
    return _results.decode(data)


WARM_UP_AFTER_SECONDS = 5.0
"""When what few pages need is loaded, beside the work: not while everything starts."""


def prepare(
    build: Build,
    stage: Stage,
    settings: Settings,
    parent: int,
    running: MutableSequence[int] | None = None,
) -> None:
    """Make this process ready to work: the step is loaded once and kept.

    Args:
        build: Makes the step.
        stage: Whose step.
        settings: For it.
        parent: Process with which this one ends.
        running: Memory shared with the parent, in which each task notes the part that runs.
    """
    global _step  # noqa: PLW0603  # a process of the pool has this one job
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # pebble's handler of SIGTERM cannot run while a page hangs in C, and pebble waits 3 s for
    # it, in which the whole pool stands still.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield_to_others(linux_scheduler())
    if running is not None:
        RUNNING.share(running)
    configure_logs(settings)
    _step = build(stage, settings)
    loading = threading.Timer(WARM_UP_AFTER_SECONDS, partial(warm_up, stage))
    loading.daemon = True
    loading.start()


def linux_scheduler() -> SetScheduler | None:
    """Return what gives this process the policy SCHED_BATCH; None on other systems than Linux."""
    if sys.platform != "linux":
        return None
    return partial(os.sched_setscheduler, 0, os.SCHED_BATCH, os.sched_param(0))


def yield_to_others(set_scheduler: SetScheduler | None) -> bool:
    """Let processes that have little to do interrupt this one, and interrupt none itself.

    With both cores busy an article of newswire costs 1 to 12 % less in four rounds (2026-11-23).

    Args:
        set_scheduler: Sets the policy; None where there is none: nothing is done.

    Returns:
        Whether it is set; a sandbox may forbid it.
    """
    if set_scheduler is None:
        return False
    try:
        set_scheduler()
    except OSError:
        return False
    return True


def work(messages: bytes, now: datetime, slot: int) -> bytes:
    """Run the step on packed messages, in their order; give the packed results.

    Args:
        messages: From `pack`.
        now: For dead letters.
        slot: Of this task, see `RUNNING`.
    """
    RUNNING.begin(slot)
    assert _step is not None, "the pool's initializer has not run"  # noqa: S101
    return pack([_step(message, now) for message in _messages.decode(messages)])


def work_fast(
    messages: bytes, now: datetime, build: Build, stage: Stage, settings: Settings
) -> bytes:
    """Run the cheap step of the stage on packed messages."""
    step = build(stage, settings, cheaply=True)
    return pack([step(message, now) for message in _messages.decode(messages)])


def is_ready() -> bool:
    """Whether the step is loaded."""
    return _step is not None
