"""Add the option that rewrites the expectations of golden cases; a person reviews the diff."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite expected.json of every golden case",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Return whether to write the expectations instead of checking them."""
    return bool(request.config.getoption("--update-golden", default=False))
