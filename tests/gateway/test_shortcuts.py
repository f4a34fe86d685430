"""Texts that lead somewhere, and the features' tables as a whole."""

from __future__ import annotations

import pytest

from services.gateway.dispatcher import FEATURES
from services.gateway.features.feature import Feature
from services.gateway.shortcuts import Shortcut, Shortcuts, Way, command_in
from services.gateway.texts import LANGUAGES, texts_for


def test_the_features_claim_nothing_twice() -> None:
    Shortcuts(FEATURES)
    steps = [step for feature in FEATURES for step in feature.steps]
    taps = [kind.__prefix__ for feature in FEATURES for kind in feature.buttons]
    assert len(set(steps)) == len(steps)
    assert len(set(taps)) == len(taps)
    assert sum(feature.otherwise is not None for feature in FEATURES) == 1
    assert sum(feature.group is not None for feature in FEATURES) == 1


def test_every_menu_text_leads_to_its_place_in_every_language() -> None:
    shortcuts = Shortcuts(FEATURES)
    for feature in FEATURES:
        for key in feature.menu:
            for language in LANGUAGES:
                found = shortcuts.find(texts_for(language).plain(key), "bot")
                assert found == Shortcut(way=Way.MENU, key=key)


def test_two_features_may_not_claim_the_same() -> None:
    async def handler(_call: object, _argument: str) -> object:
        raise NotImplementedError

    twice = [Feature(name=name, commands={"x": handler}) for name in "ab"]  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="two places"):
        Shortcuts(twice)


@pytest.mark.parametrize("text", ["ping", "/", "/пинг", "/ping!", " ", "a /ping"])
def test_what_is_no_command(text: str) -> None:
    assert command_in(text) is None


def test_a_command_with_everything() -> None:
    command = command_in("/Start@FotbotTest  s_1 \n two ")
    assert command is not None
    assert (command.name, command.mention, command.argument) == (
        "start",
        "fotbottest",
        "s_1 \n two",
    )
    assert command.is_for("FotbotTest")
    assert not command.is_for("Other")
