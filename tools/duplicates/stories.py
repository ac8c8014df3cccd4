"""Invented stories, and the paragraphs that outlets put around them, to make pairs from.

Every name, place and figure is invented. A story is a headline and its sentences, the most
important one first, as agencies write so that a text can be cut anywhere.
"""

# ruff: noqa: E501, ISC004  # prose

from typing import Final

STORIES: Final = {
    "quay": (
        "Osterhaven to build second container quay",
        "The port of Osterhaven will build a second container quay for 240 million euros, its "
        "board decided on Monday evening.",
        "Work is to begin in September and to end in the spring of 2029, the director of the port, "
        "Hanna Brenner, told reporters.",
        "The quay will be 620 meters long and take ships that draw sixteen meters of water.",
        "Environmental groups said they would go to court, because the mud flats west of the "
        "present quay are a resting place for 40,000 birds of passage.",
        '"We have looked at seven sites, and this one harms the least," Brenner said.',
        "The state pays a third of the costs; the rest is borrowed against the fees of the port.",
        "Osterhaven handled 1.3 million containers last year, four percent more than in the year "
        "before.",
        "The neighboring port of Karstad, which had asked for a share of the money, said it was "
        "studying the decision.",
    ),
    "bridge": (
        "Bridge in Lowmoor closed after barge hits pier",
        "The old road bridge in Lowmoor has been closed until further notice after a barge struck "
        "one of its piers in thick fog, the police said.",
        "Nobody was hurt, but cracks of up to two centimeters were found in the brickwork.",
        "Some 18,000 cars and trucks cross the river there on a working day.",
        "Engineers of the county will examine the pier with divers on Wednesday, when the water is "
        "expected to be lower.",
        "The skipper, a man of 54, had lost sight of the bank shortly before six in the morning, "
        "according to a first report.",
        "Traffic is sent over the motorway bridge at Dunfield, and the ferry at Halgoe runs every "
        "twenty minutes.",
        "Shopkeepers in the old town fear for their trade before the holidays.",
        '"It took nine years to get the money for the last repair," said the mayor, Leon Farrow.',
        "The bridge was built in 1887 and rebuilt after a flood in 1954.",
    ),
    "teachers": (
        "Teachers in Westerby vote to end strike",
        "Teachers in the district of Westerby voted on Thursday to end a strike that had closed "
        "forty schools for eleven days.",
        "Sixty-two percent accepted an offer of 3.4 percent more pay and smaller classes, the union "
        "said after the count.",
        "Lessons begin again on Monday, and the lost days will be made up for in June.",
        "The head of the union, Marta Quist, called the result close and honest.",
        "Parents had looked after children in turns, and the library opened its reading rooms at "
        "eight.",
        "The district had said at first that it could not pay more than two percent.",
        "Under the agreement no class may have more than twenty-six pupils from next autumn on.",
        "A mediator from the capital, the former judge Edith Roth, brought both sides together last "
        "weekend.",
    ),
    "merger": (
        "Calder to buy Larkspur for 1.9 billion",
        "Calder, a maker of pumps and valves, has agreed to buy its rival Larkspur for 1.9 billion "
        "in cash and shares, both companies said before markets opened.",
        "Holders of Larkspur will get 31 in cash and a fifth of a Calder share for each of theirs, "
        "26 percent more than at Friday's close.",
        "Together the companies employ 14,200 people at 31 works.",
        "Calder expects to save 90 million a year from the third year on, mostly in purchasing.",
        "The chief executive of Larkspur, Nils Vogt, will leave when the purchase is complete.",
        "Both boards are for the plan, which needs the consent of the authorities in nine "
        "countries.",
        "Calder said it would sell its business in dosing pumps if that were asked of it.",
        "Shares of Calder fell by four percent in early trading and those of Larkspur rose by "
        "twenty-two.",
        "Analysts had expected a bid since Larkspur closed its foundry in Millbrook.",
    ),
    "flood": (
        "Thousands leave homes as river rises in Tarnow",
        "Some 6,000 people have left their homes in and around Tarnow since the river rose above "
        "the dikes on Saturday night, the rescue service said.",
        "Three people are missing, among them a man who had gone to look for his dog.",
        "The water stood at 8.4 meters at noon, the highest mark since measurements began.",
        "Soldiers filled sandbags through the night and flew eleven patients out of the hospital.",
        "The railway to the south is cut off, and the highway is under water in two places.",
        '"We have lived here for thirty years and have never seen this," said Olga Strand, who '
        "spent the night in a gymnasium.",
        "Forecasters expect more rain on Sunday, but less than on the two days before.",
        "The government has promised every household a first payment of 2,000.",
    ),
    "museum": (
        "Stolen portrait returned to museum in Grauwald",
        "A portrait that was stolen from the museum in Grauwald nineteen years ago has been "
        "returned by a lawyer who would not name his client.",
        "The small oil painting shows a girl with a goldfinch and is worth about 800,000.",
        "It was wrapped in a towel and is unharmed but for a scratch in the frame, the director, "
        "Ada Imhof, said.",
        "Thieves had cut the alarm on a winter night in 2007 and taken this one picture.",
        "The police questioned more than two hundred people then, without a result.",
        "Insurers had paid 450,000, which the museum must now pay back.",
        "The portrait will hang in the entrance hall from Friday on, and entry will be free for a "
        "week.",
        "The lawyer said that his client had inherited it and had not known where it came from.",
    ),
    "bahn": (
        "Bahnstrecke nach Seeheim bleibt bis Juli gesperrt",
        "Die Bahnstrecke zwischen Altmark und Seeheim bleibt nach dem Erdrutsch vom Wochenende bis "
        "mindestens Juli gesperrt, teilte die Bahn am Dienstag mit.",
        "Rund 300 Kubikmeter Gestein waren auf die Gleise gestürzt und hatten die Oberleitung "
        "zerrissen.",
        "Fahrgäste müssen in Busse umsteigen, die alle dreißig Minuten fahren und vierzig Minuten "
        "länger brauchen.",
        "Verletzt wurde niemand, weil der erste Zug des Tages wegen eines Defekts ausgefallen war.",
        "Geologen untersuchen nun den ganzen Hang, der sich noch immer um einen Zentimeter am Tag "
        "bewegt.",
        "Der Verkehrsminister sagte, die Strecke werde auf jeden Fall wieder aufgebaut.",
        "Die Kosten werden auf zwölf Millionen Euro geschätzt.",
        "Im Sommer nutzen täglich rund 9.000 Menschen die Züge an die See.",
    ),
    "agua": (
        "Cortes de agua en Brenzlau hasta el domingo",
        "El ayuntamiento de Brenzlau cortará el agua por las noches hasta el domingo después de que "
        "se rompiera la tubería principal, informó la alcaldesa.",
        "La avería dejó sin suministro a 21.000 hogares durante la mañana del miércoles.",
        "Los técnicos encontraron una grieta de dos metros bajo la plaza del mercado.",
        "Dieciséis camiones cisterna reparten agua en los barrios altos y en los dos hospitales.",
        "La tubería es de 1961 y debía cambiarse el año que viene.",
        "La oposición recordó que el presupuesto de obras se había reducido en un quinto.",
        "Las escuelas abrirán, pero las piscinas y las fuentes seguirán cerradas.",
        "La empresa pidió disculpas y prometió descontar una semana en la próxima factura.",
    ),
}
"""Headline first, then the sentences."""

UPDATES: Final = (
    "In a statement late in the evening the ministry said it had taken note of the reports and "
    "would answer questions on Friday.",
    "Two members of the council asked for a debate, which may take place next week.",
    "A first estimate by an insurer put the damage and the lost business at 7.5 million.",
    "Residents gathered in front of the town hall, and some of them brought candles.",
    "An opinion poll last month had found that most people in the region were undecided.",
    "The company that runs the site did not answer calls on Tuesday.",
)
"""Sentences that an update of any story adds."""

ITEMS: Final = (
    ("Ferry to Kestrel sails again", "The ferry to the island of Kestrel sails again from Friday "
     "after a month in dry dock. Tickets of the winter remain valid."),
    ("Baker retires after fifty years", "The oldest baker of Rosenau has sold his last roll. Paul "
     "Yates, 74, hands the shop over to his granddaughter, who will keep the stone oven."),
    ("Council votes for tram line", "The council of Fernhill voted for a third tram line on "
     "Tuesday, with 31 votes to 14. It is to reach the university in four years."),
    ("Fire in furniture store put out", "Firefighters needed five hours to put out a fire in a "
     "furniture store in Dunfield. One of them was treated for smoke."),
    ("Otters return to the Ilm", "Otters live in the Ilm again for the first time since the war. "
     "A camera at the weir of Ilmstedt filmed a mother with two young ones."),
    ("Goalkeeper moves to Karstad", "Goalkeeper Dario Petri moves from Norbrook to Karstad for "
     "two seasons. The clubs did not say what was paid."),
    ("Cinema on the square to close", "The last cinema in Eschbach closes at the end of the month. "
     "Its owner, Ilse Jansen, found no one to take it over."),
    ("School gets solar roof", "The roof of the grammar school in Lindenau makes its own power "
     "from now on. Pupils had collected the first part of the money with a run."),
    ("Power cut in Harrowgate", "Some 4,000 homes in Harrowgate were without power for two hours "
     "on Sunday. A swan had flown into a line."),
    ("Marathon course changed", "The marathon of Millbrook takes another course this year because "
     "of the works at the bridge. Runners pass the castle twice."),
)  # fmt: skip
"""Short items: headline and text."""

MELDUNGEN: Final = (
    ("Feuerwehr rettet Pferd aus Graben", "Mit einem Kran hat die Feuerwehr in Rosenau ein Pferd "
     "aus einem Graben gezogen. Das Tier blieb unverletzt."),
    ("Freibad öffnet früher", "Das Freibad in Westerby öffnet in diesem Jahr schon am ersten Mai. "
     "Die Preise steigen um fünfzig Cent."),
    ("Bürgerbus sucht Fahrer", "Der Verein Bürgerbus in Altmark sucht sechs Fahrerinnen und "
     "Fahrer. Zwei Linien mussten zuletzt ausfallen."),
    ("Orgel kehrt zurück", "Die Orgel der Stadtkirche von Tarnow ist nach zwei Jahren in der "
     "Werkstatt wieder da. Das erste Konzert ist am Sonntag."),
)  # fmt: skip

BOILERPLATE: Final = (
    "You are reading a free article of the Harbor Courier. Our reporters are out every day so that "
    "you know what happens around the corner. If you value our work, take out a subscription for "
    "the price of a coffee a week. It can be ended at any time.",
    "Have you seen something that others should know? Call the newsroom at any hour or send us "
    "pictures. Follow our channel for news from the whole region. Comments on this article are "
    "closed after three days. Please keep to our rules of conduct when you write to us.",
    "Reporting by the regional desk; editing by Karin Tarrant and Jonas Holt. All times are local. "
    "The agency supplies newspapers, radio and television stations with text, pictures and video. "
    "Reprints need the written consent of the agency. Corrections are published on the same day.",
    "Sign up for our letter and get the five most important stories of the day at seven in the "
    "morning. By signing up you agree to our terms of use and to our policy on privacy. You can "
    "leave at any time with one click in any of the letters. Read next what our columnists think "
    "about the plans of the council, and look at the most beautiful pictures of the week.",
)  # fmt: skip
HINWEISE: Final = (
    "Dieser Artikel ist kostenlos. Unsere Redaktion berichtet jeden Tag aus Ihrer Nachbarschaft, "
    "und das soll so bleiben. Mit einem Abonnement unterstützen Sie unsere Arbeit. Es kann "
    "jederzeit gekündigt werden. Haben Sie Hinweise? Schreiben Sie uns oder rufen Sie an.",
)  # fmt: skip
"""What outlets put below their items, in the language of the items."""

SERIES: Final = (
    (
        "Central bank lends to banks",
        "The central bank of the union lent {0} million to banks for one day on {day}, a spokesman "
        "said. It had asked for bids at ten in the morning. The rate was {1} percent, as dealers "
        "had expected, and money traded at {2} percent when the bank came to the market.",
    ),
    (
        "Water level of the Ilm",
        "The Ilm stood at {0} centimeters at the gauge of Ilmstedt at six in the morning, the "
        "office for waters said. That is {1} centimeters more than the mean of the season. The "
        "first mark of alarm lies at 520 centimeters. The next report is issued in the evening.",
    ),
    (
        "Hogs and cattle: expected slaughter",
        "Dealers on the exchange of Norbrook expect that {0} to {1} hogs are slaughtered on {day}, "
        "compared with {2} a week ago. The number of cattle is put at {3} to {4}. The figures are "
        "collected by telephone before trading begins.",
    ),
    (
        "Ships waiting at Osterhaven",
        "In the port of Osterhaven {0} ships were loading grain on {day} and {1} were waiting, the "
        "harbor office said. Of those that wait, {2} are at the north pier and {3} at the south "
        "pier. The elevator of the cooperative had no ship and expects {4} this week.",
    ),
    (
        "Erzeugerpreise am Schlachthof",
        "Am Schlachthof Altmark wurden am {day} {0} Rinder und {1} Schweine aufgetrieben. Für "
        "Bullen wurden {2} Cent je Kilogramm bezahlt, für Färsen {3} Cent. Der Handel verlief "
        "ruhig, und alle Tiere wurden verkauft. Die Preise verstehen sich ohne Mehrwertsteuer.",
    ),
    (
        "Road deaths last week",
        "In the county {0} people died on the roads last week, {1} of them on motorcycles, the "
        "police said. Since January the number is {2}, compared with {3} at the same time of last "
        "year. Most accidents happened on country roads. The police publish the figures on "
        "Mondays.",
    ),
    (
        "Copper: midday prices",
        "COPPER CASH {0} {1} THREE MONTHS {2} {3} LEAD CASH {4} {5} THREE MONTHS {6} {7} ZINC CASH "
        "{8} {9} THREE MONTHS {10} {11} TIN CASH {12} {13} NICKEL CASH {14} {15} THREE MONTHS {16} "
        "{17} SILVER CASH {18} {19} THREE MONTHS {20} {21}",
    ),
)
"""Reports that come again with other figures: headline and text."""

DAYS: Final = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

ANNOUNCEMENTS: Final = (
    (
        "{0} library to open on Sundays",
        "The public library of {0} will open on Sundays from next month on, the council decided. "
        "Readers in {0} had asked for it in a petition. Two more librarians are to be hired. The "
        "cafe on the ground floor opens as well. Books can be returned at any hour in the wall of "
        "the building, as before.",
    ),
    (
        "{0} appoints new finance director",
        "{0} has appointed a new finance director, who joins the board at the end of the quarter. "
        "The present director leaves to spend more time with the family. The chair of {0} thanked "
        "the director for years of careful work. The company confirmed its outlook for the year. "
        "Shares were little changed in early trading.",
    ),
    (
        "Severe weather warning for {0} lifted",
        "The weather service has lifted its warning of severe storms for {0}. Winds are dying down "
        "and no more hail is expected. Residents of {0} should still stay away from trees until "
        "the fire brigade has checked them. Trains run again, with some delays. The service will "
        "issue its next forecast in the evening.",
    ),
    (
        "Warnung vor Badewasser in {0} aufgehoben",
        "Das Gesundheitsamt hat die Warnung vor dem Badewasser in {0} aufgehoben. Neue Proben waren "
        "ohne Befund. Am Strand von {0} darf wieder gebadet werden. Die Schilder werden noch in "
        "dieser Woche entfernt. Das Amt nimmt bis zum Ende des Sommers jede Woche Proben.",
    ),
)
"""Announcements without figures, which differ in one name only."""

PLACES: Final = [
    "Eschbach",
    "Lindenau",
    "Tarnow",
    "Fernhill",
    "Karstad",
    "Rosenau",
    "Westerby",
    "Halgoe",
]
"""Names to fill the announcements with."""
