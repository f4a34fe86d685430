"""Presses of inline buttons, from the press to the bot's answer or to their end after 150 s."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from services.local.telegram.bell import Bell
from services.local.telegram.errors import bad_request
from services.local.telegram.events import Events
from services.local.telegram.people import PersonId
from services.local.telegram.store import Json, Store

ANSWERABLE = 150.0
"""Seconds for which an answer is taken."""

KEPT = 24 * 3600.0
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(slots=True, kw_only=True)
class Presses:
    store: Store
    events: Events
    clock: Callable[[], float]
    answered: Bell = field(default_factory=Bell)

    def begin(self, person: PersonId) -> str:
        """A new press's callback query id; presses older than a day are forgotten."""
        query_id = str(secrets.randbits(62))
        self.store.run("DELETE FROM presses WHERE at < ?", self.clock() - KEPT)
        self.store.run("INSERT INTO presses VALUES (?, ?, ?, NULL)", query_id, person, self.clock())
        return query_id

    def answer(self, query_id: str, answer: Json) -> None:
        """Show it to the person, the first time; raises ApiError 400 when it comes too late."""
        row = self.store.row("SELECT person, at, answer FROM presses WHERE id = ?", query_id)
        if row is None or row["at"] + ANSWERABLE < self.clock():
            raise bad_request(TOO_OLD)
        if row["answer"] is None:
            change = "UPDATE presses SET answer = ? WHERE id = ?"
            self.store.run(change, json.dumps(answer), query_id)
            told = {"type": "answer", "person": row["person"], "callback_query_id": query_id}
            self.events.publish(told | answer)
            self.answered.ring()

    def answer_to(self, query_id: str) -> Json | None:
        row = self.store.row("SELECT answer FROM presses WHERE id = ?", query_id)
        answer: Json | None = json.loads(row["answer"]) if row and row["answer"] else None
        return answer
