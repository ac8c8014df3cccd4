"""English words that indicate the type of a name near them, for the linear-chain tagger."""

_TITLES = (
    "actor actress admiral ambassador analyst archbishop author ayatollah bishop capt captain "
    "cardinal chairman chairwoman chancellor chief coach col colonel dame defender director "
    "dr economist envoy gen general goalkeeper gov governor imam judge justice king lady "
    "leader lieutenant lord lt major manager mayor midfielder minister miss mr mrs ms pope "
    "premier president prince princess prof professor queen rabbi rep representative "
    "secretary sen senator sergeant sgt sheikh singer sir spokesman spokesperson spokeswoman "
    "striker"
)
TITLES = frozenset(_TITLES.split())
"""Words before a person's name in English news."""

_ORGANIZATIONS = (
    "academy agency airlines airways army assembly association authority bank board brothers "
    "bureau church city club co coalition college commission committee company congress corp "
    "corporation council court department fc federation force forces foundation front fund "
    "group holdings hospital inc institute journal league llc ltd ministry movement museum "
    "navy network news office organisation organization parliament partners party plc police "
    "post school senate service services society times trust union united university"
)
ORGANIZATIONS = frozenset(_ORGANIZATIONS.split())
"""Words at the end of or inside the names of organizations."""

_PLACES = (
    "airport avenue bay border bridge canal capital central city coast county desert district "
    "east eastern gulf island islands lake mount mountain mountains north northern ocean park "
    "peninsula province region river road sea south southern square state strait street town "
    "valley village west western"
)
PLACES = frozenset(_PLACES.split())
"""Words in the names of places."""

_MONTHS = (
    "apr april aug august dec december feb february friday jan january jul july jun june mar "
    "march may monday nov november oct october saturday sep sept september sunday thursday "
    "tuesday wednesday"
)
MONTHS = frozenset(_MONTHS.split())
"""Months and days, which are capitalized but are not names."""
