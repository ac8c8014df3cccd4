"""Import of an archive of real pages, from a WARC to enriched records."""

import gzip
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from streams.cli import sources
from streams.records import EnrichedArticle, decode
from streams.records.topics import ENRICHED
from streams.settings import Settings
from tests.support.commands import run_command
from tests.support.live import messages_on
from tests.support.pipeline import all_ended, running
from tests.support.warcs import Capture, write_warc

pytestmark = pytest.mark.kafka


def write_archive(path: Path, pages: Path, *, every: int) -> int:
    """Write one of ``every`` pages of a set into a WARC and return their number."""
    captures = []
    for line in (pages / "gold.jsonl").read_bytes().splitlines()[::every]:
        page = orjson.loads(line)
        packed = (pages / "html" / page["html"]).read_bytes()
        captures.append(
            Capture(
                url=page["url"],
                body=gzip.decompress(packed),
                http={"Content-Type": "text/html; charset=utf-8"},
            )
        )
    write_warc(path, captures)
    return len(captures)


@pytest.mark.timeout(300)
async def test_imported_archive_is_enriched_once(
    live: Settings, shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fundus.warc.gz"
    n_pages = write_archive(path, shared / "evals" / "extraction" / "fundus-dev", every=3)

    async with running(live, tmp_path / "logs"):
        first = await run_command(sources.app, "import", path, "--json", live=live)
        counted = await all_ended(live, n_pages, within=timedelta(seconds=240))
        second = await run_command(sources.app, "import", path, "--json", live=live)
        after = await all_ended(live, n_pages, within=timedelta(seconds=30))

    done, again = orjson.loads(first.stdout), orjson.loads(second.stdout)
    assert (done["sent"], again["sent"], again["files_known"]) == (n_pages, 0, 1)
    assert (after.origins, list(counted.missing)) == (n_pages, [])
    enriched = {
        decode(message.value or b"", EnrichedArticle).id
        for message in await messages_on(live, ENRICHED)
    }
    # The set contains a few pages that several newspapers of one publisher share.
    assert len(enriched) >= n_pages - 5
