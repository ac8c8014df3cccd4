"""The option that writes what the golden cases expect anew; a person reviews the difference."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write expected.json of every golden case anew",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be written instead of checked."""
    return bool(request.config.getoption("--update-golden", default=False))
