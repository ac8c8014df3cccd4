"""Build the step of a stage by its name; imports only what that stage needs."""

from streams.config.routes import load_routes
from streams.processors.message import Processor
from streams.settings import Settings

CHEAP_CLEAN = "clean-cheaply"
"""The step for pages on which `clean` took too long."""


def build_processor(stage: str, settings: Settings) -> Processor:
    """Load what a stage without state needs, and give its step.

    Called in each killable process for `clean` and `tag`, in the worker for
    `route`; `dedupe` has a state and is built by `streams.processors.dedupe`.

    Raises:
        KeyError: If there is no such stage without state.
    """
    if stage in {"clean", CHEAP_CLEAN}:
        from streams.processors.clean import clean_processor  # noqa: PLC0415  # the stage's own imports

        return clean_processor(settings, cheaply=stage == CHEAP_CLEAN)
    if stage == "tag":
        from streams.config.entities import WatchedTagger  # noqa: PLC0415
        from streams.processors.tag import tag_processor  # noqa: PLC0415
        from streams.tag.article import load_tagger  # noqa: PLC0415

        return tag_processor(WatchedTagger(load_tagger(), settings.entities).current)
    if stage == "route":
        from streams.processors.route import route_processor  # noqa: PLC0415

        return route_processor(load_routes(settings.routes))
    raise KeyError(stage)
