"""Build the processor of a stage; imports only what that stage needs."""

from importlib import import_module

from streams.processors.message import Processor
from streams.settings import Settings
from streams.topology import Stage


def build_processor(stage: Stage, settings: Settings, *, cheaply: bool = False) -> Processor:
    """Import the module of a stage, and build its processor.

    The module `Stage.processor_module` has a function ``build_processor(settings)``; the module of
    a stage with `Stage.has_fallback` also has ``build_fallback(settings)``. Called in each killable
    process of a pooled stage, in the worker of a stateless stage, and by the in-memory driver,
    where a stateful stage starts with an empty state.

    Args:
        stage: The stage.
        settings: The settings of the stage.
        cheaply: Whether to build the fallback for records that took too long.

    Raises:
        UsageError: If the settings, or a file that they name, are invalid.
    """
    module = import_module(stage.processor_module)
    build = module.build_fallback if cheaply else module.build_processor
    processor: Processor = build(settings)
    return processor


def warm_up(stage: Stage) -> None:
    """Load code that only some records need, by ``warm_up`` of the stage's module, if defined."""
    getattr(import_module(stage.processor_module), "warm_up", lambda: None)()
