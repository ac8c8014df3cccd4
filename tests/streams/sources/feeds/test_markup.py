import time

import pytest

from streams.sources.feeds.markup import strip_markup, strip_title

TITLES = [
    ("Rents <5 percent up, wages >3 percent", "Rents <5 percent up, wages >3 percent"),
    ("I <3 trams", "I <3 trams"),
    ("If a<b and c>d", "If a<b and c>d"),
    ("What is the <tideclock> for?", "What is the <tideclock> for?"),
    ("What is the <dialog> element for?", "What is the <dialog> element for?"),
    ("What is the &lt;b&gt; tag for?", "What is the <b> tag for?"),
    ("<i>The Mill</i> opens", "The Mill opens"),
    ("H<sub>2</sub>O<br>in Vik", "H2O in Vik"),
    ("<section>News</section>", "News"),
    ('<span class="x">News</span> <img src="a>b.png" alt="x">now', "News now"),
    ("<h1>News", "News"),
    ("<o:p>News</o:p>", "News"),
    ("<![CDATA[News]]> <!-- x -->now", "News now"),
    ("Vow &amp;#39;kept&amp;#39;", "Vow &#39;kept&#39;"),
]


@pytest.mark.parametrize(("markup", "expected"), TITLES)
def test_strip_title_tells_tags_from_words(markup: str, expected: str) -> None:
    assert strip_title(markup) == expected


@pytest.mark.parametrize("noise", ["<", "<a ", '<a "', "<!--", "<b>", "<aaaa", "<x-y>", "<a b='"])
def test_strip_markup_takes_linear_time(noise: str) -> None:
    start = time.process_time()

    strip_markup(noise * (200_000 // len(noise)))

    assert time.process_time() - start < 2
