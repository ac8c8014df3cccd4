from tests.conftest import ROOT
from tools.picture import without_fonts

FONT = '@font-face {\n  src: local("A"),\n url("https://cdn.test/a.woff");\n }\n'


def test_without_fonts_keeps_other_rules() -> None:
    assert without_fonts(f"{FONT}.a {{ fill: #fff }}\n{FONT}") == "\n.a { fill: #fff }\n\n"


def test_picture_loads_nothing() -> None:
    svg = (ROOT / "docs" / "demo.svg").read_text()

    assert "url(http" not in svg
    assert "url(&quot;http" not in svg
    assert '"https://cdn' not in svg
