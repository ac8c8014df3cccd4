import asyncio

from streams.cli._output.progress import Progress, show_progress
from streams.sources.replay.replay import ReplayCounts


def test_progress_line_has_share_if_total_is_known() -> None:
    course = Progress(ReplayCounts())
    before = course.line

    course.update(30, 40)

    assert before.startswith("0 sent, 0 refused")
    assert course.line.startswith("75 %: 0 sent, 0 refused")


async def test_progress_ends_with_body() -> None:
    tasks = asyncio.all_tasks()

    async with show_progress(Progress(ReplayCounts())):
        during = asyncio.all_tasks() - tasks

    assert len(during) == 1
    assert asyncio.all_tasks() == tasks
