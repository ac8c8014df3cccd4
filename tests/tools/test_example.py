from pathlib import Path

import pytest

from tools.example import WIDTH, way_of


@pytest.mark.slow
def test_way_of_shows_each_record_and_cuts_long_lines(seeds: Path) -> None:
    (seed,) = seeds.glob("004_*")
    way = way_of(seed)

    assert [line for line in way.splitlines() if line.startswith("`articles.")] == [
        "`articles.raw.v1`, RawArticle:",
        "`articles.clean.v1`, CleanArticle:",
        "`articles.unique.v1`, UniqueArticle:",
        "`articles.enriched.v1`, EnrichedArticle:",
    ]
    assert "heading    Previous negotiations were unsuccessful" in way
    assert all(len(line) <= WIDTH for line in way.splitlines() if not line.startswith("`"))
