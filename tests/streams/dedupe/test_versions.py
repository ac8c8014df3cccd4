import pytest

from tests.streams.dedupe.test_template import merged

TITLE = "Sawmill in Grauwald burns down"
STORY = (
    "A fire has destroyed the last sawmill of Grauwald, the fire brigade said on Sunday morning.",
    "Nobody was hurt, as the night shift had been given up in the spring.",
    "Flames stood thirty meters high when the first engines arrived shortly after two.",
    "The wind drove sparks across the road, where a barn caught fire as well.",
    "Firefighters from nine villages pumped water out of the mill pond until it was empty.",
    "The owner, Clara Tarrant, said that she would not rebuild the works at this place.",
    "Her grandfather had founded the mill after the war with two saws and a horse.",
    "Investigators of the police are to look for the cause as soon as the ruins are cold.",
    "Forty people worked there, half of them for more than twenty years.",
    "The mayor asked the state for help and opened an account for gifts.",
)
NEWS = (
    "The public prosecutor has opened an inquiry, a spokeswoman said in the evening.",
    "Two workers reported that a motor had run hot for several days before the fire.",
)


def story(*parts: str) -> tuple[str, str]:
    return TITLE, " ".join(parts)


@pytest.mark.parametrize(
    "version",
    [
        story(*STORY[:4]),
        story(*STORY[:5], *NEWS),
        (TITLE + ", inquiry opened", " ".join((*NEWS[:1], *STORY[:6]))),
    ],
    ids=["cut after four sentences", "cut and continued", "new lead, end cut"],
)
def test_shortened_or_updated_report_is_copy(version: tuple[str, str]) -> None:
    assert merged(story(*STORY), version) == [False, True]


@pytest.mark.parametrize(
    "shorter", [STORY[:4], (*STORY[:3], STORY[5])], ids=["beginning", "with a gap"]
)
def test_longer_version_after_shorter_one_is_copy(shorter: tuple[str, ...]) -> None:
    assert merged(story(*shorter), story(*STORY)) == [False, True]


def test_other_story_with_background_of_known_one_is_new() -> None:
    other = (
        "The sawmills of the region want to buy their wood together from next year on.",
        "Nine of them founded a cooperative in Lowmoor on Tuesday, after two years of talks.",
        "They hope for lower prices, since large buyers from abroad have driven them up.",
        "Its first chairman is Jonas Petri, whose works in Fernhill are the largest.",
        *STORY[6:8],
    )

    assert merged(story(*STORY), ("Sawmills buy wood together", " ".join(other))) == [False, False]
