"""The gateway's settings: good ones are taken, faults are all told."""

from __future__ import annotations

import pytest

from services.chassis.settings import SettingsError, load
from services.gateway.settings import GatewaySettings

GOOD = {
    "WEBHOOK_SECRET": "right-secret-" + "x" * 19,
    "REDIS_URL": "127.0.0.1:17001",
    "USERS_ADDR": "a",
    "SESSIONS_ADDR": "a",
    "TEAMS_ADDR": "a",
    "SENDER_ADDR": "a",
}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://x.example/hook/7", "/hook/7"),
        ("https://x.example", "/"),
        ("https://x.example/telegram/webhook?a=1", "/telegram/webhook"),
    ],
)
def test_the_path_is_that_of_the_address_telegram_calls(url: str, path: str) -> None:
    assert load(GatewaySettings, {**GOOD, "WEBHOOK_URL": url}).webhook_path == path
    assert load(GatewaySettings, GOOD).webhook_path == "/telegram/webhook"


@pytest.mark.parametrize("secret", ["", " ", "two words", "ключ", "x" * 257])
def test_a_secret_that_protects_nothing_is_refused(secret: str) -> None:
    for name in ("WEBHOOK_SECRET", "WEBHOOK_SECRET_PREVIOUS"):
        with pytest.raises(SettingsError, match=name):
            load(GatewaySettings, {**GOOD, name: secret})


def test_a_secret_that_can_be_found_out_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsError) as told:
        load(GatewaySettings, {**GOOD, "WEBHOOK_SECRET": "x" * 31})
    assert str(told.value) == "WEBHOOK_SECRET: has 31 characters, fewer than 32"


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        load(GatewaySettings, {"RATE_LIMIT_MAX": "many"})
    for name in ("WEBHOOK_SECRET", "REDIS_URL", "USERS_ADDR", "RATE_LIMIT_MAX"):
        assert name in str(told.value)


def test_both_secrets_are_honoured() -> None:
    settings = load(GatewaySettings, {**GOOD, "WEBHOOK_SECRET_PREVIOUS": "older"})
    assert settings.secrets == (b"right-secret-" + b"x" * 19, b"older")
