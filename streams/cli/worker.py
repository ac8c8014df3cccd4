"""``streams worker STAGE``: one process of one stage."""

from typing import Annotated

import typer

from streams.cli._arguments import HttpPort
from streams.cli._parent import follow_parent
from streams.cli._settings import settings_with_broker
from streams.errors import UsageError
from streams.runtime.logs import configure_logs
from streams.topology import STAGES, stage_named
from streams.worker.worker import run_worker

NAMES = ", ".join(stage.name for stage in STAGES)


def worker(
    stage: Annotated[str, typer.Argument(metavar="STAGE", help=f"Name of the stage: {NAMES}.")],
    instance: Annotated[
        str,
        typer.Option(
            help="Unique name of this process within its stage; after a crash it resumes its work "
            "within seconds."
        ),
    ] = "",
    http_port: HttpPort = 0,
) -> None:
    """Run one process of a stage; more processes share its work.

    **Examples:**

    - `streams worker clean`
    - `streams worker clean --instance 2 --http-port 8081`
    """
    follow_parent()
    try:
        known = stage_named(stage)
    except KeyError:
        raise UsageError(f"no stage {stage!r}; expected one of {NAMES}") from None
    settings = settings_with_broker()
    configure_logs(settings)
    raise typer.Exit(run_worker(known, settings, instance=instance, http_port=http_port))
