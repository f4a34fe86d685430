"""The letters that are claimed and wait to be sent, by rank.

One that would not have its verdict within its lease is not sent: it is left to the next claim.
"""

import time
from collections.abc import Iterable

from services.gateway.sender.letters import Letter
from services.gateway.sender.turns import Chats, Place, Turns

MARGIN_SECONDS = 11.0


class LetterQueue:
    """The letters of one rank, oldest first."""

    def __init__(self, chats: Chats) -> None:
        self._turns: Turns[Letter] = Turns(chats)
        self._late: list[Letter] = []

    def put(self, letters: Iterable[Letter]) -> None:
        """Let them wait."""
        for letter in letters:
            self._turns.add(letter.chat_id, letter)

    def next(self) -> Place | None:
        """The oldest whose chat is free; it stays until `pop`."""
        while (place := self._turns.next()) is not None:
            if _in_time(self._turns.item(place)):
                return place
            self._set_aside(place)
        return None

    def chat_of(self, place: Place) -> int:
        """Where it goes."""
        return self._turns.chat_of(place)

    def pop(self, place: Place) -> Letter | None:
        """Take it out; nothing if it was given back or forgotten meanwhile."""
        return self._turns.pop(place)

    def forget(self, group: str) -> None:
        """Those of this group are not to be sent any more."""
        for place, letter in self._turns.waiting():
            if letter.group == group:
                self._turns.pop(place)

    def take_late(self) -> list[Letter]:
        """Those that are too late to be sent, taken out."""
        for place, letter in self._turns.waiting():
            if not _in_time(letter):
                self._set_aside(place)
        late, self._late = self._late, []
        return late

    def take_all(self) -> list[Letter]:
        """All of them, taken out."""
        return [*self.take_late(), *filter(None, map(self._turns.pop, self._places()))]

    def __len__(self) -> int:
        return len(self._turns)

    def _places(self) -> list[Place]:
        return [place for place, _ in self._turns.waiting()]

    def _set_aside(self, place: Place) -> None:
        if letter := self._turns.pop(place):
            self._late.append(letter)


def _in_time(letter: Letter) -> bool:
    return letter.lease_ends - time.monotonic() > MARGIN_SECONDS
