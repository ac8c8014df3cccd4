"""Detection of the language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clean.metadata.language import detect_language


@given(st.text(), st.text())
def test_detect_language_accepts_any_text(title: str, text: str) -> None:
    assert 0 <= detect_language(title, text).confidence <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The harbor bridge opened to traffic on Monday.", "en"),
        ("Die Hafenbrücke wurde am Montag für den Verkehr freigegeben.", "de"),
        ("Le pont du port a rouvert à la circulation lundi.", "fr"),
        ("El puente del puerto reabrió al tráfico el lunes.", "es"),
        ("Мост в порту открыли для движения в понедельник.", "ru"),
        ("港の橋が月曜日に再開通した。交通規制は解除された。", "ja"),
        ("أعيد فتح جسر الميناء أمام حركة المرور يوم الاثنين", "ar"),
        ("1.25 vs 3.14", "und"),
    ],
)
def test_detect_language(text: str, code: str) -> None:
    assert detect_language("", text).code == code


def test_detect_language_of_title_in_capitals() -> None:
    assert detect_language("HARBOR BRIDGE REOPENS TO TRAFFIC ON MONDAY", "").code == "en"
