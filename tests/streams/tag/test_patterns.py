import pytest

from streams.tag.patterns import patterned_spans


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("on January 20, 2022 and 3 March", [("January 20, 2022", "d"), ("3 March", "d")]),
        ("In May 2021 it may rain", [("May 2021", "d")]),
        ("$3.2 billion, 5% and 20 km", [("$3.2 billion", "q"), ("5%", "q"), ("20 km", "q")]),
        ("the 2022 World Cup in Doha", [("2022 World Cup", "e")]),
        ("the Paris Agreement", [("Paris Agreement", "e")]),
        ("March on, 30 people", []),
    ],
)
def test_patterned_spans_find_forms(text: str, names: list[tuple[str, str]]) -> None:
    assert [(text[s.start : s.end], s.kind) for s in patterned_spans(text)] == names
