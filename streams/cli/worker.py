"""``streams worker STAGE``: one process of one stage."""

import os
from typing import Annotated

import typer

from streams.errors import UsageError
from streams.topology import STAGES, stage_named


def worker(
    stage: Annotated[
        str, typer.Argument(help="Which stage: " + ", ".join(s.name for s in STAGES) + ".")
    ],
    instance: Annotated[
        str,
        typer.Option(
            help="Name of this process within its stage, different for each: "
            "it is back in seconds after a crash."
        ),
    ] = "",
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of /health and /metrics; 0: a free one.")
    ] = 0,
) -> None:
    """Run one process of one stage; start more of them to share its work.

    **Examples:** `streams worker clean`, `streams worker clean --instance 2 --http-port 8081`
    """
    from streams.cli.context import settings_with_broker  # noqa: PLC0415  # start fast
    from streams.runtime.logs import configure_logs  # noqa: PLC0415
    from streams.runtime.parent_death import die_with_parent  # noqa: PLC0415
    from streams.worker.worker import run_worker  # noqa: PLC0415

    parent = os.environ.get("NEWS_DIE_WITH_PARENT", "")
    if parent.isdigit():
        die_with_parent(int(parent))
    try:
        known = stage_named(stage)
    except KeyError:
        names = ", ".join(s.name for s in STAGES)
        raise UsageError(f"there is no stage {stage!r}: use one of {names}") from None
    settings = settings_with_broker()
    configure_logs(settings)
    raise typer.Exit(run_worker(known, settings, instance=instance, http_port=http_port))
