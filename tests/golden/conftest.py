import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write the expected files of tests/golden again; review the difference like code",
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether to write expected files instead of comparing with them."""
    return bool(request.config.getoption("--update", default=False))
