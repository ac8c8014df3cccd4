"""The interface between a stateful stage and its runner."""

from typing import Protocol

from streams.processors.message import Processor


class StageState(Protocol):
    """The state of a stage, rebuilt from its tables at each assignment of partitions.

    Created by the function ``build_state(settings, blobs)`` of the stage's module.
    """

    processor: Processor
    """Runs the stage with this state."""

    def load(self, key: bytes | None, value: bytes | None) -> None:
        """Load one message of a table; without a value it is a tombstone.

        Raises:
            DecodeError: If the value is not a record of the table.
        """
        ...

    def finish_loading(self) -> None:
        """Prepare for the first article, after the last message of the tables."""
        ...

    def __len__(self) -> int:
        """Return the number of remembered articles."""
        ...

    def figures(self) -> dict[str, float]:
        """Return figures of the state, by metric name of `streams.worker.metrics`."""
        ...
