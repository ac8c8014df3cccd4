from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from schemas import FeedState
from streams.cli.sources_run import report
from streams.sources.feeds.course import Polled
from streams.sources.feeds.failure import Failure
from streams.sources.feeds.schedule import Answer, Bounds, after_poll

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_report_tells_when_a_feed_breaks_and_when_it_is_back_but_not_each_time() -> None:
    state = FeedState(id="a", url="https://news.test/rss")
    answers = [Answer(), *[Answer(failure=Failure.SOFT, error="HTTP 500")] * 4, Answer(), Answer()]
    with capture_logs() as logs:
        for number, answer in enumerate(answers):
            now = NOW + number * timedelta(hours=1)
            after = after_poll(state, answer, now=now, bounds=Bounds(), chance=0)
            report(Polled(before=state, after=after, answer=answer, seconds=1))
            state = after

    assert [(log["event"], log["log_level"]) for log in logs] == [
        ("poll failed", "info"),
        ("poll failed", "info"),
        ("feed in trouble", "warning"),
        ("feed is back", "info"),
    ]
    assert logs[2]["health"] == "broken"
    assert logs[2]["since"] == NOW.isoformat()
