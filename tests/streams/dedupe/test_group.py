from datetime import timedelta

import pytest

from streams.dedupe.group import is_earlier, outlet_of, publisher_of
from streams.records import PublicationTime, Site, TimePrecision
from tests.support.builders import PUBLISHED, clean_article

MIDNIGHT = PUBLISHED.replace(hour=0, minute=0)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("time", "precision", "than", "expected"),
    [
        (PUBLISHED, TimePrecision.SECOND, PUBLISHED + timedelta(seconds=1), True),
        (PUBLISHED, TimePrecision.SECOND, PUBLISHED, False),
        (MIDNIGHT, TimePrecision.DAY, PUBLISHED, False),
        (MIDNIGHT, TimePrecision.DAY, MIDNIGHT + DAY, True),
    ],
)
def test_is_earlier_only_if_certain(time, precision, than, *, expected: bool) -> None:
    article = clean_article(published=PublicationTime(time=time, precision=precision))

    assert is_earlier(article, than) is expected


@pytest.mark.parametrize(("domain", "outlet"), [("daily.test", "daily.test"), ("", "test-feed")])
def test_outlet_without_site_is_source(domain: str, outlet: str) -> None:
    assert outlet_of(clean_article(site=Site(domain=domain))) == outlet


def test_publisher_of_source_without_domain_is_its_name() -> None:
    assert publisher_of("Wire") == "wire"
