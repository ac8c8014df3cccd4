import asyncio
from datetime import timedelta

from streams.cli.kafka_watch import kafka_answers, tell_when_away
from streams.settings import Settings


async def test_each_change_is_told_once() -> None:
    script = iter([True, False, False, False, True, True, False])
    said: list[str] = []
    over = asyncio.Event()

    async def answers() -> bool:
        try:
            return next(script)
        except StopIteration:
            over.set()
            return False

    watching = asyncio.ensure_future(
        tell_when_away("a:1", answers, said.append, every=timedelta(0))
    )
    await over.wait()
    watching.cancel()

    away = "Kafka at a:1 does not answer; waiting until it is back, nothing is lost"
    assert said == [away, "Kafka at a:1 is back", away]


async def test_nobody_answers_where_nothing_listens() -> None:
    assert not await kafka_answers(Settings(broker="127.0.0.1:9"))
