"""Updates that wait for the bot, and the webhook's setting. Bringing them is delivery.py's work."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import NewType

from services.local.telegram.bell import Bell
from services.local.telegram.store import Json, Store

UpdateId = NewType("UpdateId", int)
DAY = 24 * 3600.0
LIFETIMES = {"callback_query": 150.0}
"""Seconds after which an undelivered update is dropped; all other kinds live a day."""

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only when it asks for them by name."""

FIRST_ID = 500_000_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    id: UpdateId
    queue: str
    """Updates of one queue are delivered one at a time, in order."""

    body: str
    """The Bot API Update as JSON."""

    expires: float
    """Unix seconds."""


@dataclass(slots=True, kw_only=True)
class Updates:
    store: Store
    clock: Callable[[], float]
    arrived: Bell = field(default_factory=Bell)
    webhook_set: Bell = field(default_factory=Bell)

    def put(self, kind: str, queue: str, content: Json) -> UpdateId | None:
        """Keep an update for the bot; None when it did not ask for this kind."""
        allowed = self.allowed()
        if kind not in allowed if allowed else kind in UNASKED:
            return None
        with self.store.transaction():
            update_id = UpdateId(self.store.next_number("update", FIRST_ID))
            body = json.dumps({"update_id": update_id, kind: content})
            expires = self.clock() + LIFETIMES.get(kind, DAY)
            self.store.run(
                "INSERT INTO updates VALUES (?, ?, ?, ?)", update_id, queue, body, expires
            )
        self.arrived.ring()
        return update_id

    def after(self, update_id: int, limit: int) -> Sequence[Update]:
        """The oldest updates beyond `update_id` that have not expired."""
        rows = self.store.rows(
            "SELECT update_id AS id, queue, body, expires FROM updates"
            " WHERE update_id > ? AND expires > ? ORDER BY update_id LIMIT ?",
            *(update_id, self.clock(), limit),
        )
        return [Update(**row) for row in rows]

    def waits(self, update: Update) -> bool:
        """Whether it is still to be delivered; one that has expired is dropped here."""
        if update.expires <= self.clock():
            self.drop(update.id)
        return self.store.row("SELECT 1 FROM updates WHERE update_id = ?", update.id) is not None

    def drop(self, update_id: UpdateId) -> None:
        self.store.run("DELETE FROM updates WHERE update_id = ?", update_id)

    def drop_before(self, update_id: int) -> None:
        self.store.run("DELETE FROM updates WHERE update_id < ?", update_id)

    def drop_all(self) -> None:
        self.store.run("DELETE FROM updates")

    def pending(self) -> int:
        self.store.run("DELETE FROM updates WHERE expires <= ?", self.clock())
        row = self.store.row("SELECT count(*) AS n FROM updates")
        return int(row["n"]) if row else 0

    def webhook(self) -> Webhook | None:
        setting = self.store.setting("webhook")
        return Webhook(**setting) if setting else None

    def set_webhook(self, webhook: Webhook | None) -> None:
        self.store.set_setting("webhook", asdict(webhook) if webhook else None)
        self.store.set_setting("webhook_error", None)
        self.webhook_set.ring()

    def allowed(self) -> list[str]:
        allowed: list[str] = self.store.setting("allowed_updates", [])
        return allowed

    def allow(self, kinds: list[str]) -> None:
        self.store.set_setting("allowed_updates", kinds)

    def last_error(self) -> Json:
        """The fields of a Bot API WebhookInfo about the last failed delivery."""
        return self.store.setting("webhook_error") or {}

    def note_error(self, message: str) -> None:
        error = {"last_error_date": int(self.clock()), "last_error_message": message}
        self.store.set_setting("webhook_error", error)
