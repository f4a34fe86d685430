"""What Fotbot shows a person in the situations of the check, by its own screens and rendering."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fotbot.sessions.v1.session_pb2 import FORMAT_FIVE_A_SIDE
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.menu.screens import home
from services.gateway.features.sessions import screens
from services.gateway.features.sessions.card import card
from services.gateway.incoming import Incoming, Kind
from services.gateway.rendering import render
from tests.fakes.asking import Desk
from tests.fakes.evenings import evening, seen, stamp

Shown = dict[str, Any]
"""Methods of the Bot API with their parameters."""

MESSAGE = Incoming(update_id=1, kind=Kind.MESSAGE, raw=b"", chat_id=1)
TAP = Incoming(update_id=1, kind=Kind.TAP, raw=b"", chat_id=1, pressed=7, query_id="1")


class Fotbot:
    """The same city as the alternative's, seen through Fotbot. `rows` are its sessions, soonest
    first."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = {row["id"]: row for row in rows}
        # Long before any of them, so that nothing has begun.
        asked_at = rows[0]["start_at"]
        self._call: Call = replace(Desk().call(), now=asked_at.replace(year=asked_at.year - 1))

    def start(self) -> Shown:
        """/start."""
        text = self._call.texts("start.hello", name=self._call.person.name)
        return _shown(Answer(screen=home(text, self._call.person.role, self._call.texts)), MESSAGE)

    def list(self) -> Shown:
        """/sessions, nobody being in any."""
        page = [self._view(number, taken=0) for number in list(self._rows)[:5]]
        screen = screens.listing(page, 0, more=True, texts=self._call.texts)
        return _shown(Answer(screen=screen), MESSAGE)

    def tapped(
        self, key: str, session_id: int, *, taken: int, waiting: int = 0, **entry: int
    ) -> Shown:
        """A toast and the card after it."""
        view = self._view(session_id, taken=taken, waiting=waiting, **entry)
        place = view.registration.position
        toast = self._call.texts.toast(key, place=place) if entry else self._call.texts.toast(key)
        return _shown(Answer(screen=card(view, self._call), toast=toast), TAP)

    def _view(self, session_id: int, *, taken: int, waiting: int = 0, **entry: int) -> SessionView:
        row = self._rows[session_id]
        session = evening(
            session_id,
            starts=row["start_at"],
            format=FORMAT_FIVE_A_SIDE,
            price=row["price"],
            capacity=row["capacity"],
            taken=taken,
            waitlisted=waiting,
            squad_size=0,
        )
        session.ends_at.CopyFrom(stamp(row["end_at"]))
        return seen(session, **entry)


def _shown(answer: Answer, incoming: Incoming) -> Shown:
    rendered = render(answer, incoming)
    body = json.loads(rendered.body)
    shown = {body.pop("method"): body}
    if rendered.screen:
        shown[rendered.screen.method] = json.loads(rendered.screen.parameters)
    return shown
