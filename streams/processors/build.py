"""Build the processor of a stage; imports only what that stage needs."""

from importlib import import_module

from streams.processors.message import Processor
from streams.settings import Settings
from streams.topology import Stage


def build_processor(stage: Stage, settings: Settings, *, cheaply: bool = False) -> Processor:
    """Load what a stage needs, and build its processor.

    The module `Stage.processor_module` has a function ``build_processor(settings)``; that of a
    stage with `Stage.has_fallback` also ``build_fallback(settings)``. Called in each killable
    process of a pooled stage, in the worker of a stage without a state, and by the driver in
    memory, where a stage with a state begins with an empty one.

    Args:
        stage: Whose processor.
        settings: What it needs to know.
        cheaply: Whether to build the processor for records that took too long.

    Raises:
        UsageError: If the settings, or a file that they name, cannot be used.
    """
    module = import_module(stage.processor_module)
    build = module.build_fallback if cheaply else module.build_processor
    step: Processor = build(settings)
    return step


def warm_up(stage: Stage) -> None:
    """Load what few records of a stage need: the function ``warm_up`` of its module, if any."""
    getattr(import_module(stage.processor_module), "warm_up", lambda: None)()
