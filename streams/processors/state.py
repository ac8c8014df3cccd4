"""What a stage with a state gives to its runner."""

from typing import Protocol

from streams.processors.message import Processor


class StageState(Protocol):
    """What a stage remembers; built anew from its tables at each assignment.

    Made by the function ``build_state(settings, shelf)`` of the stage's module.
    """

    step: Processor
    """Runs the stage on this state."""

    def take_in(self, key: bytes | None, value: bytes | None) -> None:
        """Take in one message of a table; without a value it is a tombstone.

        Raises:
            DecodeError: If the value is no record of that table.
        """
        ...

    def complete(self) -> None:
        """Do what must be done once all is taken in, before the first article."""
        ...

    def __len__(self) -> int:
        """How many articles are remembered."""
        ...

    def figures(self) -> dict[str, float]:
        """What the state was asked so far, by the metric of `streams.worker.metrics`."""
        ...
