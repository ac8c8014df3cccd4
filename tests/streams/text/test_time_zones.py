import pytest

from streams.text.time_zones import utc_offset


@pytest.mark.parametrize("zone", ["IST", "XYZ", "+99:00", "2"])
def test_utc_offset_refuses_unknown_zone(zone: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        utc_offset(zone)
