"""The programs of the how-to guides for extensions do what the guides say."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from streams.config.channels import Plugin
from streams.deliver.channels.plugin import ChannelContext, PluginSender
from streams.deliver.channels.result import SendStatus
from streams.deliver.channels.webhook import webhook_session
from streams.outcome import Emit
from streams.processors.enrich import Enricher, enrich
from streams.records import RawArticle
from streams.sources.bounded_reading import Meter
from streams.sources.files.plugin import pieces_of_plugin
from tests.conftest import ROOT
from tests.support.builders import enriched_article
from tests.support.deliver import message
from tests.support.web import http, web

pytestmark = pytest.mark.slow

GUIDES = ROOT / "docs" / "how-to"


def block(guide: str, language: str) -> str:
    """Return the first code block of a language in a guide."""
    _, _, rest = (GUIDES / guide).read_text().partition(f"\n```{language}\n")
    return rest[: rest.index("\n```")]


def program(guide: str) -> dict[str, Any]:
    """Return the names that the program of a guide defines."""
    names: dict[str, Any] = {"__name__": "guide"}
    exec(block(guide, "python"), names)  # noqa: S102  # our own document
    return names


@pytest.mark.parametrize("guide", ["own-source-format.md", "own-channel.md"])
def test_entry_point_of_guide_is_in_its_program(guide: str) -> None:
    project = tomllib.loads(block(guide, "toml"))["project"]
    [points] = project["entry-points"].values()
    [target] = points.values()

    assert target.split(":")[1] in program(guide)


def test_enricher_of_guide_adds_extensions() -> None:
    article = enriched_article(text="A flood and a crash")

    outcome = enrich(article, [Enricher("tone:tone", program("own-enricher.md")["tone"])])

    assert outcome == Emit(article.with_extensions(alarm=0.4))


def test_format_of_guide_reads_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.headlines"
    path.write_bytes(b"Rain in Oslo\tIt rained all day.\nno tab\nSun\tNo cloud.\n")

    pieces = pieces_of_plugin(
        path,
        program("own-source-format.md")["read_headlines"],
        package="news-headlines 0.1.0",
        source="wire",
        now=lambda: datetime(2026, 3, 2, tzinfo=UTC),
        meter=Meter(),
    )

    first, second, third = (piece.item for piece in pieces)
    assert isinstance(first, RawArticle)
    assert (first.title, first.body) == ("Rain in Oslo", b"It rained all day.\n")
    assert getattr(second, "detail", "") == f"{path}:2: no tab in the line"
    assert isinstance(third, RawArticle)


async def test_channel_of_guide_sends() -> None:
    names = program("own-channel.md")
    hosts = frozenset({"127.0.0.1"})
    async with web() as place, webhook_session(hosts) as session:
        place.replies = {"/_matrix/client/v3/rooms/r/send/m.room.message": http()}
        options = names["MatrixOptions"](matrix=place.base, room="r", token=names["SecretStr"]("t"))
        kind = Plugin(
            name="matrix", package="news-matrix", factory=names["MatrixChannel"], options=options
        )
        context = ChannelContext(label="room", session=session, private_hosts=hosts)
        answer = await PluginSender(kind, context).send(message())

    assert answer.verdict is SendStatus.ACCEPTED
    assert place.requests[0].headers["authorization"] == "Bearer t"
