from collections import Counter
from datetime import timedelta

import pytest

from streams.evaluate.duplicates_stream import Stream
from streams.records import CleanArticle, PublicationTime, TimePrecision, article_id
from tests.support.templated_reports import START, TEMPLATES, templated_reports

BOILERPLATE = (
    " Reporting by the harbor newsroom; editing by Carla Mendes and Tom Whitaker. Our standards: "
    "the trust principles of the agency. For more news from the region follow our channel and "
    "download the app. All times are local. Permission to reprint can be asked for at the desk of "
    "the agency."
)
HINWEIS = (
    "Lesen Sie uns auch auf dem Telefon: In der App finden Sie alle Meldungen aus der Region, "
    "kostenlos und ohne Anmeldung. Haben Sie etwas gesehen? Schicken Sie Bilder und Videos an "
    "unsere Redaktion. Dieser Text ist Teil unseres Morgenbriefs mit fünf Meldungen am Tag. "
)


def item(number: int, title: str, text: str) -> CleanArticle:
    time = START + timedelta(minutes=number)
    return CleanArticle(
        id=article_id(source="wire", external_id=str(number)),
        source="wire",
        fetched=time,
        title=title,
        text=text,
        published=PublicationTime(time=time, precision=TimePrecision.SECOND),
    )


def merged(*items: tuple[str, str]) -> list[bool]:
    stream = Stream()
    return [bool(stream.send(item(number, *texts))) for number, texts in enumerate(items)]


def test_reports_of_one_template_stay_apart() -> None:
    stream = Stream()

    n_merged = Counter(name for name, report in templated_reports() if stream.send(report))

    assert not n_merged
    assert stream.counts.total() == 20 * len(TEMPLATES) == 300


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_edited_copy_of_templated_report_is_copy(name: str) -> None:
    report = next(report for template, report in templated_reports() if template == name)
    copy = report.title, report.text + " More on this tomorrow."

    assert merged((report.title, report.text), copy) == [False, True]


SHOPS = (
    "The {0} supermarket on the square is to close in the autumn, the company that owns it said. "
    "The people who work at {0} were told in a meeting on Monday and will be offered work in other "
    "shops of the company. The building belongs to the company and may be let or sold. Customers "
    "can use their cards in the other shops."
)


def test_headlines_that_differ_in_name_are_of_two_reports() -> None:
    reports = [(f"Supermarket in {town} closes", SHOPS.format(town)) for town in ("Ayr", "Bath")]

    assert merged(*reports) == [False, False]


def test_headline_with_place_of_outlet_is_of_copy() -> None:
    text = SHOPS.format("Ayr")

    assert merged(
        ("Supermarket in Ayr closes", text), ("Shops in Bath affected", text + " More.")
    ) == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            [
                (
                    "Ferry to Halgoe resumes",
                    "The ferry to the island of Halgoe sails again from "
                    "Saturday after two weeks of repairs." + BOILERPLATE,
                ),
                (
                    "Fire destroys warehouse",
                    "A fire destroyed a warehouse on the old pier in the "
                    "night to Monday. Nobody was hurt." + BOILERPLATE,
                ),
                (
                    "Mayor to step down in June",
                    "The mayor will step down in June for reasons of "
                    "health, she told the council." + BOILERPLATE,
                ),
            ],
            [False, False, False],
        ),
        (
            [
                (
                    "Bäckerei gewinnt Preis",
                    HINWEIS + "Eine Bäckerei aus der Altstadt hat den Preis "
                    "für das beste Roggenbrot gewonnen, zum zweiten Mal.",
                ),
                (
                    "Schulbus kommt von Straße ab",
                    HINWEIS + "Ein Schulbus ist auf glatter Straße in "
                    "einen Graben gerutscht, elf Kinder wurden leicht verletzt.",
                ),
            ],
            [False, False],
        ),
    ],
    ids=["closing", "opening, de"],
)
def test_items_that_share_boilerplate_stay_apart(
    texts: list[tuple[str, str]], expected: list[bool]
) -> None:
    assert merged(*texts) == expected


def test_copy_with_boilerplate_of_other_outlet_is_copy() -> None:
    story = SHOPS.format("Ayr")

    assert merged(
        ("Supermarket in Ayr closes", story), ("Square loses its shop", story + BOILERPLATE[:150])
    ) == [False, True]


def test_sentences_that_outlet_repeats_weigh_nothing() -> None:
    closing = (
        " Have you seen a fire, a mayor or a ferry? Send pictures to the newsroom. Sign up for "
        "news of the harbor, the council and the school, and never miss a story from your town."
    )
    texts = [
        ("Quay reopens", "The old quay is open to walkers again after a year of repairs."),
        ("Prize for baker", "A baker has won the national prize for the best rye bread again."),
        ("Roof for swimming pool", "Members voted for a new roof on the swimming pool last night."),
        ("Ferry for school", "Pupils from the island get a boat of their own from May on."),
    ]

    assert merged(*((title, text + closing) for title, text in texts)) == [False] * 4


def test_story_that_outlet_repeats_under_other_headlines_is_copy() -> None:
    story = SHOPS.format("Ayr")
    titles = (
        "Supermarket in Ayr closes",
        "Ayr loses its supermarket",
        "Ayr: shop on square closes",
    )

    more = ("", " More on this later.", " A longer report follows.")

    assert merged(*zip(titles, map(story.__add__, more), strict=True)) == [False, True, True]
