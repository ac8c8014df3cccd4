from tools.build_months import OUT, months


def test_months_are_those_of_cldr() -> None:
    assert OUT.read_text("utf-8") == months()
