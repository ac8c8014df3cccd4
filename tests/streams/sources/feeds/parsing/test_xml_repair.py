import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from streams.sources.feeds.parsing.xml_repair import inner_xml, parse_xml

READ = [
    ("well-formed", "<a>1 &amp; 2</a>", "1 & 2"),
    ("wrong declaration", '<?xml version="1.0" encoding="utf-16"?><a>ä</a>', "ä"),
    ("warning before", "Warning: line 3\n<?xml version='1.0'?><rss>x</rss>", "x"),
    ("bare ampersand", "<a>AT&T, ?b=1&c=2</a>", "AT&T, ?b=1&c=2"),
    ("HTML's names", "<a>caf&eacute;&nbsp;&hellip;</a>", "café\xa0…"),
    ("references to illegal characters", "<a>x&#0;&#x1f;&#150;y</a>", "x\ufffd–y"),
    ("control characters", "<a>x\x08\x0by</a>", "xy"),
    ("ampersand beside CDATA", "<a>b & <![CDATA[?c=1&d=2]]></a>", "b & ?c=1&d=2"),
    ("unclosed", "<a><b>x", "x"),
    ("undeclared prefix", "<a><dc:b>x</dc:b></a>", "x"),
]


@pytest.mark.parametrize(("name", "text", "expected"), READ)
def test_parse_xml_repairs_text(name: str, text: str, expected: str) -> None:
    root = parse_xml(text).root

    assert root is not None, name
    assert "".join(root.itertext()) == expected


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
ATTACKS = [
    ("billion laughs", f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><rss>&l11;</rss>'),
    ("file", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'),
    ("parameter entity", '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><rss/>'),
    ("external subset", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><rss>a</rss>'),
    ("quadratic", f'<!DOCTYPE a [<!ENTITY x "{"y" * 50_000}">]><rss>{"&x;" * 1000}</rss>'),
    ("unclosed subset", '<!DOCTYPE a [<!ENTITY x "y"><rss>&x;</rss>'),
]


@pytest.mark.parametrize(("name", "text"), ATTACKS)
def test_parse_xml_expands_no_entity(name: str, text: str) -> None:
    root = parse_xml(text).root

    read = "" if root is None else "".join(root.itertext())
    assert len(read) <= len(text), name
    assert "root:" not in read


HOSTILE = [
    ("ampersands", "<a>" + "&" * 300_000),
    ("half a CDATA section, often", "<a>" + "<![CDATA[" * 50_000),
    ("half a comment, often", "<a>&" + "<!-- " * 50_000),
    ("deep", "<a>" * 100_000),
    ("declarations", "<?xml " * 50_000),
    ("types", "<!DOCTYPE [" * 50_000),
]


@pytest.mark.parametrize(("name", "text"), HOSTILE)
def test_parse_xml_takes_linear_time(name: str, text: str) -> None:
    start = time.process_time()

    parse_xml(text)

    assert time.process_time() - start < 2, name


@given(st.text(max_size=200))
def test_parse_xml_accepts_any_text(text: str) -> None:
    root = parse_xml(f"<a>{text}</a>").root

    assert root is None or isinstance(root.tag, str)


@given(st.text(alphabet="<>&ab/ \"'é", max_size=60))
def test_inner_xml_is_inverse_of_parsing(text: str) -> None:
    node = etree.Element("a")
    node.text = text

    again = etree.fromstring(f"<a>{inner_xml(node)}</a>")

    assert (again.text or "") == text


@pytest.mark.parametrize("noise", ["&", "<", "<![CDATA[", "&a;"])
@pytest.mark.slow
def test_parse_xml_is_fast_for_large_invalid_text(noise: str) -> None:
    text = f"<rss>{noise * (8_000_000 // len(noise))}"
    start = time.process_time()

    parse_xml(text)

    assert time.process_time() - start < 3.0
