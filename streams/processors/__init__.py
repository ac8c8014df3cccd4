"""From a stage's decision to bytes: the one place where the decisions meet topics and headers.

The driver in memory and the Faust wiring both run these steps and nothing
else, so they cannot differ. One file a stage, so that a process loads only
what its stage needs.
"""

from streams.processors.message import Message, OutgoingMessage, Processor, Result

__all__ = ["Message", "OutgoingMessage", "Processor", "Result"]
