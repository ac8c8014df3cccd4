"""Which part of its stage a killable process is running, for the process that kills it."""

from collections.abc import MutableSequence


class RunningPart:
    """A number in memory that two processes share: 0 for the stage itself, n for its nth part."""

    def __init__(self) -> None:
        """Share nothing yet."""
        self._slots: MutableSequence[int] = [0]
        self._slot = 0

    def share(self, slots: MutableSequence[int]) -> None:
        """Write into memory that another process reads."""
        self._slots = slots

    def begin(self, slot: int) -> None:
        """Begin a task, which has a slot of its own."""
        self._slot = slot if slot < len(self._slots) else 0
        self.set(0)

    def set(self, part: int) -> None:
        """Note which part runs from now on."""
        self._slots[self._slot] = part


RUNNING = RunningPart()
"""Of this process; a killable process works on one task at a time."""
