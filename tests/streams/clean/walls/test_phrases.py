"""Titles and sentences in the words of walls."""

import time

import pytest

from streams.clean.walls.phrases import is_wall_sentence, wall_reason
from streams.outcome import DropReason

NOT_FOUND, BLOCKED, CONSENT, SCRIPT = (
    DropReason.NOT_FOUND,
    DropReason.BLOCKED,
    DropReason.CONSENT_WALL,
    DropReason.SCRIPT_REQUIRED,
)


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("404", NOT_FOUND),
        ("Error 404 - Page Not Found", NOT_FOUND),
        ("Oops! That page can’t be found.", NOT_FOUND),
        ("This article is no longer available", BLOCKED),
        ("Diese Seite existiert leider nicht mehr", NOT_FOUND),
        ("Cette page n'existe pas", NOT_FOUND),
        ("No se ha encontrado la página", NOT_FOUND),
        ("Strona nie została znaleziona", NOT_FOUND),
        ("Запрашиваемая страница не найдена", NOT_FOUND),
        ("Aradığınız sayfa bulunamadı", NOT_FOUND),
        ("お探しのページは見つかりませんでした", NOT_FOUND),
        ("抱歉，您访问的页面不存在", NOT_FOUND),
        ("요청하신 페이지를 찾을 수 없습니다", NOT_FOUND),
        ("عذرا، الصفحة غير موجودة", NOT_FOUND),
        ("403 Forbidden", BLOCKED),
        ("Robot or human?", BLOCKED),
        ("Just a moment...", BLOCKED),
        ("502 Bad Gateway", BLOCKED),
        ("Site under maintenance", BLOCKED),
        ("Zugriff verweigert", BLOCKED),
        ("Vérifiez que vous êtes humain", BLOCKED),
        ("Доступ запрещён", BLOCKED),
        ("Before you continue", CONSENT),
        ("Ihre Zustimmung", CONSENT),
        ("Twoja prywatność", CONSENT),
        ("Please enable JavaScript", SCRIPT),
    ],
)
def test_wall_reason_of_phrase(title: str, reason: DropReason) -> None:
    assert wall_reason(title) is reason


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Human error",
        "404 homes to be built on the old mill's land",
        "Access denied to hundreds at stadium gates",
        "Lost article of the constitution found",
        "Wartungsarbeiten an der Elbbrücke",
        "Accès refusé aux supporters lyonnais",
        "Mantenimiento del metro cierra tres estaciones",
        "Страница истории: найдено письмо",
        "安全检查发现问题",
        "ロボットが配膳、人手不足の店で",
        "로봇 심판 도입",
        "صيانة الجسر تبدأ الأحد",
    ],
)
def test_wall_reason_of_headline_is_none(title: str) -> None:
    assert wall_reason(title) is None


def test_is_wall_sentence_takes_linear_time() -> None:
    started = time.process_time()
    is_wall_sentence("页" * 50_000 + "x" * 50_000 + " a" * 50_000)

    assert time.process_time() - started < 2
