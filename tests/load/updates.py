"""Telegram's updates as bytes, for people who are given by number.

Every update has an id of its own: bots compare updates by it, and remember those they have seen.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.features.sessions.callbacks import JoinSession, LeaveSession

FIRST_PERSON = 1_000_000
"""Telegram ids of the load's people begin here."""

OPERATIONS = ("start", "list", "register", "leave")
_UPDATE, _PERSON, _SESSION = 900000001, 900000002, 900000003
"""What stands in a template for the numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a bot's people type and what its buttons carry."""

    start: str = "/start"
    list: str = "/sessions"
    join: Callable[[int], str] = lambda session: JoinSession(session_id=session).pack()
    leave: Callable[[int], str] = lambda session: LeaveSession(session_id=session).pack()


FOTBOT = Words()
PLAIN = Words(join=lambda session: f"join:{session}", leave=lambda session: f"leave:{session}")
"""Of the bots it is compared with."""


class Template:
    """An update with three numbers left open."""

    def __init__(self, update: dict[str, Any]) -> None:
        text = json.dumps(update, ensure_ascii=False, separators=(",", ":"))
        for name, mark in (("update", _UPDATE), ("person", _PERSON), ("session", _SESSION)):
            text = text.replace(str(mark), f"%({name})d")
        self._text = text.encode()

    def fill(self, update: int, person: int, session: int) -> bytes:
        """The update's body."""
        return self._text % {b"update": update, b"person": person, b"session": session}


def templates(words: Words = FOTBOT) -> dict[str, Template]:
    """By operation."""
    return {
        "start": Template(message(words.start)),
        "list": Template(message(words.list)),
        "register": Template(tap(words.join(_SESSION))),
        "leave": Template(tap(words.leave(_SESSION))),
    }


def message(text: str, person: int = _PERSON, update: int = _UPDATE) -> dict[str, Any]:
    """A command in the person's private chat."""
    said = _said(text, person)
    entities = [{"offset": 0, "length": len(text.split()[0]), "type": "bot_command"}]
    return {
        "update_id": update,
        "message": {**said, "from": {**_who(person), "is_bot": False}, "entities": entities},
    }


def tap(data: str, person: int = _PERSON, update: int = _UPDATE) -> dict[str, Any]:
    """A press of a button under a card; the query's id is the update's."""
    bot = {"id": 42, "is_bot": True, "first_name": "Fotbot", "username": "FotbotTest"}
    card = _said("⚽ Chilonzor Arena\nWednesday, 25 November, 20:00–21:30", person)
    return {
        "update_id": update,
        "callback_query": {
            "id": str(update),
            "from": {**_who(person), "is_bot": False},
            "message": {**card, "from": bot},
            "chat_instance": "-3784329874",
            "data": data,
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One update, as the judge needs it."""

    update_id: int
    person: int
    session: int
    body: bytes

    @property
    def is_tap(self) -> bool:
        """Does it want an answerCallbackQuery?"""
        return self.session > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """An endless row of updates: the n-th is always the same person's for the same session, and no
    pair comes twice before everybody has been everywhere."""

    operation: str
    people: int
    sessions: Sequence[int] = (0,)
    first_person: int = FIRST_PERSON
    words: Words = FOTBOT

    def acts(self, first: int = 0) -> Callable[[], Act]:
        """Gives one after the other, beginning with number `first`."""
        template = templates(self.words)[self.operation]
        is_tap = self.operation in {"register", "leave"}
        updates, number = fresh_ids(), first

        def following() -> Act:
            nonlocal number
            person, session = self.pair(number)
            update = updates()
            number += 1
            body = template.fill(update, person, session)
            return Act(update_id=update, person=person, session=session if is_tap else 0, body=body)

        return following

    def pair(self, number: int) -> tuple[int, int]:
        """Whose turn it is, and at which session."""
        turn, place = divmod(number, self.people)
        session = self.sessions[(place + turn) % len(self.sessions)]
        return self.first_person + place, session


def fresh_ids() -> Callable[[], int]:
    """Ids above all that were given out before, by this process or an earlier one."""
    last = time.time_ns() // 1000

    def following() -> int:
        nonlocal last
        last += 1
        return last

    return following


def _said(text: str, person: int) -> dict[str, Any]:
    chat = {key: value for key, value in _who(person).items() if key != "language_code"}
    return {
        "message_id": 7,
        "date": int(time.time()),
        "chat": {**chat, "type": "private"},
        "text": text,
    }


def _who(person: int) -> dict[str, Any]:
    return {"id": person, "first_name": "Ali", "last_name": "Valiyev", "language_code": "en"}
