"""Processors: the code between the bytes of Kafka messages and the decisions of the stages.

Processors decode messages, call a stage and address its records to topics; they neither send nor
log. The in-memory driver and the Faust worker run the same processors, so they cannot differ. Each
stage has its own module, so that a process loads only what its stage needs.
"""

from streams.processors.message import Message, OutgoingMessage, Processor, Result

__all__ = ["Message", "OutgoingMessage", "Processor", "Result"]
