"""Recognize numbers that were converted to other units: the same figures in another country.

The names of the units are not read: in any language a converted figure stands at the same place,
and its value is that of the original times a known factor.
"""

from collections import Counter
from itertools import pairwise
from math import log10
from typing import Final

STEPS: Final = 4000
"""Steps for a factor of ten, as in `streams.dedupe.features.number_values`."""

FACTORS: Final = {
    "mile, kilometer": 1.609344,
    "yard, meter": 0.9144,
    "foot, meter": 0.3048,
    "inch, centimeter": 2.54,
    "pound, kilogram": 0.45359237,
    "ounce, gram": 28.349523125,
    "stone, kilogram": 6.35029318,
    "short ton, tonne": 0.90718474,
    "US gallon, liter": 3.785411784,
    "imperial gallon, liter": 4.54609,
    "acre, hectare": 0.40468564224,
    "square mile, square kilometer": 2.589988110336,
    "square foot, square meter": 0.09290304,
    "horsepower, kilowatt": 0.7456998715822702,
}
"""How much one unit is in the other.

References:
    NIST Handbook 44 (2023), appendix C: general tables of units of measurement.
"""

TOLERANCE: Final = 0.01
ROUND_TOLERANCE: Final = 0.04
"""Largest relative difference to the exact value, and that of a multiple of ten: newspapers write
100 km for 60 miles (3.6 %). Whole numbers may differ by half."""

RATE_TOLERANCE: Final = 0.01
"""Largest difference of the rates of two sums that were converted to one currency."""


def are_converted(numbers: bytes, known: bytes) -> bool:
    """Return whether the numbers that only one of two texts has are each other's conversions.

    Args:
        numbers: `streams.dedupe.features.number_values` of a text.
        known: The same of the other text.

    Examples:
        >>> from streams.dedupe.features import number_values
        >>> one, two = "26 miles in 3 hours at 68 degrees", "42 km in 3 hours at 20 degrees"
        >>> are_converted(number_values(one, size=9), number_values(two, size=9))
        True
        >>> are_converted(number_values("12 dead", size=9), number_values("15 dead", size=9))
        False
    """
    mine, others = _logarithms(numbers), _logarithms(known)
    left, right = _without(mine, others), _without(others, mine)
    if not left or len(left) != len(right):
        return False
    pairs = list(zip(left, right, strict=True))
    if all(_is_conversion(one, other) or _is_conversion(other, one) for one, other in pairs):
        return True
    rates = [other - one for one, other in pairs]
    largest = STEPS * log10(1 + RATE_TOLERANCE)
    return len(rates) > 1 and all(abs(rate - other) <= largest for rate, other in pairwise(rates))


def _logarithms(values: bytes) -> list[int]:
    return [int.from_bytes(values[at : at + 2], "big") for at in range(0, len(values), 2)]


def _without(values: list[int], others: list[int]) -> list[int]:
    """Return values in order, without as many of each as the others have."""
    counts = Counter(others)
    kept = []
    for value in values:
        if counts[value] > 0:
            counts[value] -= 1
        else:
            kept.append(value)
    return kept


def _is_conversion(step: int, other: int) -> bool:
    value, target = (10 ** (number / STEPS - 3) for number in (step, other))
    exact = [value * factor for factor in FACTORS.values()] + [(value - 32) / 1.8]
    is_round = abs(target - round(target, -1)) <= TOLERANCE * target / 10 and target >= 10  # noqa: PLR2004
    rounding = max((ROUND_TOLERANCE if is_round else TOLERANCE) * target, 0.5)
    return any(abs(candidate - target) <= rounding for candidate in exact)
