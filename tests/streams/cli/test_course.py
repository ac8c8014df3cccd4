import asyncio

from streams.cli.course import Course, shown
from streams.sources.replay.replay import ReplayCounts


def test_a_line_has_the_share_that_was_read_where_it_is_known() -> None:
    course = Course(ReplayCounts())
    before = course.line

    course.read(30, 40)

    assert before.startswith("0 sent, 0 refused")
    assert course.line.startswith("75 %: 0 sent, 0 refused")


async def test_nothing_is_shown_any_more_after_the_body() -> None:
    tasks = asyncio.all_tasks()

    async with shown(Course(ReplayCounts())):
        during = asyncio.all_tasks() - tasks

    assert len(during) == 1
    assert asyncio.all_tasks() == tasks
