"""Share which part of a stage a killable process is running, with the process that kills it."""

from collections.abc import MutableSequence


class RunningPart:
    """A number in memory that two processes share: 0 for the stage itself, n for its nth part."""

    def __init__(self) -> None:
        self._slots: MutableSequence[int] = [0]
        self._slot = 0

    def share(self, slots: MutableSequence[int]) -> None:
        """Use memory that another process reads.

        Args:
            slots: Shared numbers, one per task.
        """
        self._slots = slots

    def begin(self, slot: int) -> None:
        """Begin a task in its own slot; an unknown slot counts as slot 0."""
        self._slot = slot if slot < len(self._slots) else 0
        self.set(0)

    def set(self, part: int) -> None:
        """Set the part that is running."""
        self._slots[self._slot] = part


RUNNING = RunningPart()
"""The running part of this process; a killable process works on one task at a time."""
