import pytest

from streams.records.enriched import Field
from streams.tag.article import Tagger
from streams.tag.gazetteer import Span
from streams.tag.link.linker import defined_abbreviations, link_names


def links(tagger: Tagger, text: str, *names: tuple[str, str]) -> list[tuple[str, str, str]]:
    spans = [Span(text.index(n), text.index(n) + len(n), kind) for n, kind in names]
    result = link_names({Field.TEXT: text}, {Field.TEXT: sorted(spans)}, tagger.knowledge)
    return [(text[name.start : name.end], name.entity.id, name.method) for name in result]


def test_abbreviation_in_brackets_links_to_name_before_it(tagger: Tagger) -> None:
    text = "The Zorbital Harbor Works (ZHW) opened. Later ZHW closed."

    result = links(tagger, text, ("Zorbital Harbor Works", "o"), ("ZHW", "o"))

    assert result == [
        ("Zorbital Harbor Works", "local:org:zorbital-harbor-works", "unlinked"),
        ("ZHW", "local:org:zorbital-harbor-works", "abbreviation"),
    ]


def test_surname_links_to_full_name_at_any_position(tagger: Tagger) -> None:
    text = "Blinken was tired. Antony Blinken slept."

    assert links(tagger, text, ("Antony Blinken", "p")) == [
        ("Blinken", "Q7821917", "surname"),
        ("Antony Blinken", "Q7821917", "alias"),
    ]


def test_unknown_name_and_surname_are_one_local_entity(tagger: Tagger) -> None:
    text = "Zora Quimbleford spoke. Quimbleford left."

    assert {id_ for _, id_, _ in links(tagger, text, ("Zora Quimbleford", "p"))} == {
        "local:person:zora-quimbleford"
    }


@pytest.mark.parametrize(
    ("text", "name", "kind", "id_"),
    [
        ("in Birmingham, Alabama, on Monday", "Birmingham", "g", "Q79867"),
        ("in Birmingham, England, on Monday", "Birmingham", "g", "Q2256"),
        ("the Associated Press said", "the Associated Press", "o", "Q40469"),
        ("Mr Zelensky and Volodymyr Zelensky", "Volodymyr Zelensky", "p", "Q3874799"),
        ("said Washington", "Washington", "g", "Q61"),
    ],
)
def test_name_is_linked_by_type_fame_and_next_words(
    tagger: Tagger, text: str, name: str, kind: str, id_: str
) -> None:
    assert (name, id_) in [(n, i) for n, i, _ in links(tagger, text, (name, kind))]


def test_row_of_counties_links_to_counties(tagger: Tagger) -> None:
    text = "in Los Angeles, Orange and Zorbel counties"

    assert links(tagger, text, ("Los Angeles", "g"), ("Orange", "g"), ("Zorbel", "g")) == [
        ("Los Angeles", "Q104994", "alias"),
        ("Orange", "Q5925", "alias"),
        ("Zorbel", "local:gpe:zorbel", "unlinked"),
    ]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("Makers of an artificial pancreas (AP) met. AP is new.", "local:org:ap"),
        ("The Associated Press (AP) and AP", "Q40469"),
        ("A report by AP", "Q40469"),
    ],
)
def test_abbreviation_links_by_definition_in_article(tagger: Tagger, text: str, id_: str) -> None:
    start = text.rindex("AP")
    result = link_names(
        {Field.TEXT: text}, {Field.TEXT: [Span(start, start + 2, "o")]}, tagger.knowledge
    )

    assert [name.entity.id for name in result] == [id_]


def test_country_labeled_as_organization_links_to_country(tagger: Tagger) -> None:
    text = "The institute in Troy, USA, opened."

    assert ("USA", "Q30", "alias") in links(tagger, text, ("USA", "o"))


@pytest.mark.parametrize(
    ("text", "name", "id_"),
    [
        ("The French President spoke.", "French President", "Q191954"),
        ("The US President spoke.", "US President", "Q11696"),
        ("In London the Prime Minister spoke.", "Prime Minister", "Q14211"),
        ("In Lagos, Nigeria, the Prime Minister spoke.", "Prime Minister", "local:org"),
    ],
)
def test_office_without_name_links_to_office(
    tagger: Tagger, text: str, name: str, id_: str
) -> None:
    start = text.index(name)
    around = [s for s in tagger.gazetteer.spans(text) if s.end <= start]
    spans = [*around, Span(start, start + len(name), "u")]
    result = link_names({Field.TEXT: text}, {Field.TEXT: spans}, tagger.knowledge)

    assert next(f.entity.id for f in result if f.start == start).startswith(id_)


@pytest.mark.parametrize(
    ("text", "defined"),
    [
        pytest.param("an artificial pancreas (AP)", {"AP": "artificial pancreas"}, id="two words"),
        pytest.param("“artificial pancreas (AP)", {"AP": "artificial pancreas"}, id="quoted"),
        pytest.param("artificial, pancreas (AP)", {}, id="comma between"),
        pytest.param("pancreas (AP)", {}, id="too few words"),
        pytest.param("artificial  pancreas (AP)", {}, id="two spaces"),
        pytest.param("a\npancreas (AP)", {}, id="line break"),
        pytest.param("x" * 300 + " pancreas (XP)", {}, id="word of many letters"),
        pytest.param("the Big Bad (BB) and Big Old (BO)", {"BO": "Big Old", "BB": "Big Bad"},
                     id="several"),
    ],
)  # fmt: skip
def test_abbreviations_are_defined_by_the_words_before_them(
    text: str, defined: dict[str, str]
) -> None:
    assert defined_abbreviations(text) == defined
