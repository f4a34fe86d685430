"""What the users process accepts as its environment."""

import pytest

from services.chassis.settings import SettingsError, load
from services.users.domain.user import Language
from services.users.settings import UsersSettings

GOOD = {"DATABASE_URL": "postgresql://db/fotbot", "REDIS_URL": "redis://cache:6379"}


@pytest.mark.parametrize(
    ("text", "admins"), [("", set()), ("7", {7}), (" 7, 8 ,,9007199254740993", {7, 8, 2**53 + 1})]
)
def test_admins_are_telegram_ids_with_commas(text: str, admins: set[int]) -> None:
    assert load(UsersSettings, GOOD | {"ADMIN_TG_IDS": text}).admin_tg_ids == admins


@pytest.mark.parametrize("text", ["me", "7;8", "-100", "0", "1.5", "٧", "9" * 30, "[7]"])
def test_garbage_among_the_admins_is_a_fault(text: str) -> None:
    with pytest.raises(SettingsError, match="ADMIN_TG_IDS"):
        load(UsersSettings, GOOD | {"ADMIN_TG_IDS": text})


def test_nobody_is_an_admin_and_people_are_greeted_in_uzbek_by_default() -> None:
    settings = load(UsersSettings, GOOD)
    assert settings.admin_tg_ids == frozenset()
    assert settings.default_language == Language.UZ


def test_a_language_of_nobodys_is_a_fault() -> None:
    with pytest.raises(SettingsError, match="DEFAULT_LANGUAGE"):
        load(UsersSettings, GOOD | {"DEFAULT_LANGUAGE": "de"})
