import pytest

from streams.dedupe.conversion import are_converted
from streams.dedupe.features import number_values
from tests.streams.dedupe.test_template import merged


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("5 miles", "8 km", True),
        ("8 km", "5 miles", True),
        ("60 mph and 3 dead", "100 km/h and 3 dead", True),
        ("1,200 acres, 104 degrees", "486 Hektar, 40 Grad", True),
        ("$240 million and $36 million", "220 Millionen und 33 Millionen", True),
        ("12 dead", "15 dead", False),
        ("12 dead, 30 hurt", "15 dead, 45 hurt", False),
        ("5 miles", "5 miles", False),
        ("5 miles", "8 km, 12 dead", False),
        ("", "", False),
    ],
)
def test_converted_numbers_are_recognized(one: str, other: str, *, expected: bool) -> None:
    assert are_converted(number_values(one, size=9), number_values(other, size=9)) is expected


STORY = (
    "Firefighters in Calder County fought a blaze that burned {} near the Harbo{}r Bridge on "
    "Monday. The fire, fanned by winds of {}, closed a stretch of {} on the road to Millbrook, and "
    "smoke reached the coast, Sheriff Dana Holt said. Temperatures rose to {}. The cent{} of the "
    "town was not in danger. Holt thanked the crews from Dunfield who had come in the night."
)
AMERICAN = STORY.format("1,200 acres", "", "60 mph", "5 miles", "104 degrees", "er")
METRIC = STORY.format("486 hectares", "u", "97 km/h", "8 kilometers", "40 degrees", "re")


def test_converted_and_respelled_copy_is_copy() -> None:
    american = "Fire near Harbor Bridge burns 1,200 acres", AMERICAN
    metric = "Wildfire at Harbour Bridge: 486 hectares burned", METRIC

    assert merged(american, metric) == [False, True]


def test_report_with_other_figures_is_no_conversion() -> None:
    other = STORY.format("310 acres", "", "12 mph", "2 miles", "71 degrees", "er")

    assert merged(("Fire near Harbor Bridge", AMERICAN), ("Blaze in Calder hills", other)) == [
        False,
        False,
    ]
