"""Detect the sport of an article, to distinguish the teams of one country."""

import re
from collections import Counter
from collections.abc import Mapping

_SPORT_WORDS = {
    "association football": (
        "football soccer goalkeeper striker midfielder penalty hat-trick goalless uefa fifa "
        "equaliser equalizer friendly"
    ),
    "rugby union": "rugby try tries scrum scrum-half fly-half lineout flanker hooker wallabies",
    "cricket": "cricket wicket wickets innings batsman batsmen bowler bowled overs runs odi ashes",
    "basketball": "basketball rebounds three-pointer playoffs nba fiba",
    "ice hockey": "hockey puck goaltender nhl power-play",
}
SPORTS: Mapping[str, frozenset[str]] = {
    sport: frozenset(words.split()) for sport, words in _SPORT_WORDS.items()
}
"""Words typical of a sport and rare outside it, so that two of them decide (chosen by hand)."""

_LEAST = 2
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def sport_of(text: str) -> str:
    """Return the sport that a text is about; empty if there is none.

    Examples:
        >>> sport_of("The fly-half kicked a conversion after the try, but lost the scrum.")
        'rugby union'
        >>> sport_of("Parliament met on Monday.")
        ''
    """
    words = Counter(_WORD.findall(text.lower()))
    ranked = sorted(
        ((sum(words[word] for word in typical), sport) for sport, typical in SPORTS.items()),
        reverse=True,
    )
    (most, sport), (next_most, _) = ranked[:2]
    return sport if most >= _LEAST and most > next_most else ""
