"""Messages and the chats they are in. Who may write what is decided by methods/ and acts.py."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from services.local.telegram.events import Events
from services.local.telegram.people import People, PersonId
from services.local.telegram.store import Json, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    id: int
    username: str
    first_name: str

    def user(self) -> Json:
        named = {"first_name": self.first_name, "username": self.username}
        return {"id": self.id, "is_bot": True} | named


@dataclass(frozen=True, slots=True, kw_only=True)
class Chats:
    """Every change is written and told to the open pages. `clock` gives Unix seconds."""

    store: Store
    events: Events
    people: People
    clock: Callable[[], float]

    def find(self, chat_id: int) -> Json | None:
        """A Bot API Chat."""
        if person := self.people.find(chat_id):
            return person.chat()
        return next((group for group in self.people.groups() if group["id"] == chat_id), None)

    def of(self, person: PersonId) -> list[int]:
        """The ids of the chats that a person sees."""
        return [person, *(group["id"] for group in self.people.groups())]

    def post(self, chat: Json, sender: Json, content: Json, markup: Json | None = None) -> Json:
        """Write a message of `content` into the chat; answers the Bot API Message."""
        message = {
            "message_id": self._next_id(chat),
            "from": sender,
            "chat": chat,
            "date": int(self.clock()),
        } | content
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
        with self.store.transaction():
            self._write(message)
            self._take_keyboard(chat["id"], markup)
        self._tell("message", message)
        return message

    def fetch(self, chat_id: int, message_id: int) -> Json | None:
        row = self.store.row(
            "SELECT body FROM messages WHERE chat_id = ? AND message_id = ?", chat_id, message_id
        )
        return json.loads(row["body"]) if row else None

    def replace(self, message: Json) -> None:
        self._write(message)
        self._tell("edited", message)

    def delete(self, chat_id: int, message_id: int) -> None:
        gone = "DELETE FROM messages WHERE chat_id = ? AND message_id = ?"
        self.store.run(gone, chat_id, message_id)
        self.events.publish({"type": "deleted", "chat": chat_id, "message_id": message_id})

    def history(self, chat_id: int, limit: int = 200) -> list[Json]:
        """The newest messages, oldest first."""
        rows = self.store.rows(
            "SELECT body FROM messages WHERE chat_id = ? ORDER BY message_id DESC LIMIT ?",
            *(chat_id, limit),
        )
        return [json.loads(row["body"]) for row in reversed(rows)]

    def keyboard(self, chat_id: int) -> Json | None:
        """The reply keyboard that shows under a chat at present."""
        row = self.store.row("SELECT markup FROM keyboards WHERE chat_id = ?", chat_id)
        return json.loads(row["markup"]) if row else None

    def drop_keyboard(self, chat_id: int) -> None:
        self.store.run("DELETE FROM keyboards WHERE chat_id = ?", chat_id)
        self.events.publish({"type": "keyboard", "chat": chat_id, "keyboard": None})

    def read(self, person: PersonId, chat_id: int) -> None:
        """The person has seen all that is in the chat now."""
        self.store.run(
            "INSERT INTO reads SELECT ?1, ?2, coalesce(max(message_id), 0) FROM messages"
            " WHERE chat_id = ?2 ON CONFLICT DO UPDATE SET message_id = excluded.message_id",
            *(person, chat_id),
        )
        self.events.publish({"type": "read", "person": person, "chat": chat_id})

    def unread(self, person: PersonId, chat_id: int) -> int:
        row = self.store.row(
            "SELECT count(*) AS n FROM messages WHERE chat_id = ?1 AND sender <> ?2"
            " AND message_id > coalesce((SELECT message_id FROM reads"
            " WHERE person = ?2 AND chat_id = ?1), 0)",
            *(chat_id, person),
        )
        return int(row["n"]) if row else 0

    def _next_id(self, chat: Json) -> int:
        """Private chats share the bot's numbers, a supergroup has its own: as on the real one."""
        own = "" if chat["type"] == "private" else chat["id"]
        return self.store.next_number(f"message{own}", 1)

    def _write(self, message: Json) -> None:
        self.store.run(
            "INSERT INTO messages VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET body = excluded.body",
            *(message["chat"]["id"], message["message_id"], message["from"]["id"]),
            json.dumps(message),
        )

    def _take_keyboard(self, chat_id: int, markup: Json | None) -> None:
        if markup and "keyboard" in markup:
            self.store.run(
                "INSERT INTO keyboards VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET markup = excluded.markup",
                *(chat_id, json.dumps(markup)),
            )
        elif markup and "remove_keyboard" in markup:
            self.store.run("DELETE FROM keyboards WHERE chat_id = ?", chat_id)

    def _tell(self, kind: str, message: Json) -> None:
        chat_id = message["chat"]["id"]
        told = {"type": kind, "chat": chat_id, "message": message}
        self.events.publish(told | {"keyboard": self.keyboard(chat_id)})
