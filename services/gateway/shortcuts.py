"""Texts that lead somewhere by themselves: commands, deep links, the menu's buttons."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from services.gateway.features.feature import Feature
from services.gateway.texts import LANGUAGES, texts_for

START = "start"
REMEMBERED, REMEMBERED_LIMIT = 4096, 32
"""How many texts are known to lead somewhere or nowhere, and how long ones."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)


class Way(StrEnum):
    """Which of a feature's tables a shortcut is in."""

    COMMAND = "command"
    DEEP_LINK = "deep_link"
    MENU = "menu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """Where a text leads: a key of one of the tables, and what is left of the text."""

    way: Way
    key: str
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A message that begins as a command does."""

    name: str
    mention: str
    """The bot it is for, lower case; empty when none is named."""

    argument: str

    def is_for(self, username: str) -> bool:
        """False when another bot is meant."""
        return self.mention in ("", username.lower())


def command_in(text: str) -> Command | None:
    """The command that the text begins with, if any."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    mention, argument = (found[2] or "").lower(), (found[3] or "").strip()
    return Command(name=found[1].lower(), mention=mention, argument=argument)


class Shortcuts:
    """All shortcuts of the features. Raises ValueError when two features claim the same."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self._commands: set[str] = set()
        self._prefixes: set[str] = set()
        self._menu: dict[str, str] = {}
        self._found = lru_cache(REMEMBERED)(self._find)
        for feature in features:
            _claim(self._commands, feature.commands)
            _claim(self._prefixes, feature.deep_links)
            for key in feature.menu:
                self._learn(key)

    def find(self, text: str, username: str) -> Shortcut | None:
        """Where the text leads, or None when it is just something that was said."""
        return (self._found if len(text) <= REMEMBERED_LIMIT else self._find)(text, username)

    def _find(self, text: str, username: str) -> Shortcut | None:
        if (key := self._menu.get(text.strip())) is not None:
            return Shortcut(way=Way.MENU, key=key)
        command = command_in(text)
        if command is None or not command.is_for(username) or command.name not in self._commands:
            return None
        return self._deep_link(command) or Shortcut(
            way=Way.COMMAND, key=command.name, argument=command.argument
        )

    def _deep_link(self, command: Command) -> Shortcut | None:
        if command.name != START:
            return None
        for prefix in self._prefixes:
            if command.argument.startswith(prefix):
                payload = command.argument.removeprefix(prefix)
                return Shortcut(way=Way.DEEP_LINK, key=prefix, argument=payload)
        return None

    def _learn(self, key: str) -> None:
        """People may press a keyboard that came before they changed the language."""
        for language in LANGUAGES:
            text = texts_for(language).plain(key)
            if self._menu.setdefault(text, key) != key:
                raise ValueError(f"the menu's text {text!r} leads to two places")


def _claim(claimed: set[str], keys: Iterable[str]) -> None:
    for key in keys:
        if key in claimed:
            raise ValueError(f"{key!r} leads to two places")
        claimed.add(key)
