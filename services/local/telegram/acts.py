"""What a person does in the app, and the updates that come of it."""

from dataclasses import dataclass

from services.local.telegram import files, utf16
from services.local.telegram.chats import Chats
from services.local.telegram.detect import with_detected
from services.local.telegram.errors import ApiError, bad_request
from services.local.telegram.people import Person, PersonId
from services.local.telegram.store import Json
from services.local.telegram.telegram import Telegram

LONGEST_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Acts:
    """One person's hands. Each act is one transaction: what it answers is kept."""

    telegram: Telegram
    person: Person

    def say(self, text: str, chat_id: int | None = None, reply_to: int | None = None) -> Json:
        """Write; a text over 4096 units leaves in several messages, the last one is answered."""
        cleaned = text.replace("\0", "").strip()
        if not cleaned:
            raise bad_request("message text is empty")
        chat = self._chat(chat_id)
        with self.telegram.store.transaction():
            for piece in utf16.pieces(cleaned, LONGEST_TEXT):
                entities = with_detected(piece, [])
                content: Json = {"text": piece} | ({"entities": entities} if entities else {})
                done = self._send(chat, self._reply(chat, reply_to) | content)
            self._hide_used_keyboard(chat, {"text": cleaned})
        return done

    def share_contact(self, of: Person) -> Json:
        with self.telegram.store.transaction():
            chat = self._chat(None)
            done = self._send(chat, {"contact": of.contact()})
            if of.id == self.person.id:
                self._hide_used_keyboard(chat, {"request_contact": True})
        return done

    def send_photo(self, content: bytes, caption: str = "", chat_id: int | None = None) -> Json:
        with self.telegram.store.transaction():
            photo = files.keep(self.telegram.store, content).photo()
            fields: Json = {"photo": photo} | ({"caption": caption} if caption else {})
            return self._send(self._chat(chat_id), fields)

    def press(self, message_id: int, data: str, chat_id: int | None = None) -> Json:
        """Press an inline button. Like on a forger's phone, any data may be sent."""
        if not 1 <= len(data.encode("utf-8", "surrogatepass")) <= 64:
            raise bad_request("DATA_INVALID")
        chat = self._chat(chat_id)
        message = self.telegram.chats.fetch(chat["id"], message_id)
        gone = {"chat": chat, "message_id": message_id, "date": 0}
        with self.telegram.store.transaction():
            query = {
                "id": self.telegram.presses.begin(self.person.id),
                "from": self.person.user(),
                "message": message or gone,
                "chat_instance": str(abs(chat["id"]) * 7919),
                "data": data,
            }
            queue = f"user:{self.person.id}"
            update_id = self.telegram.updates.put("callback_query", queue, query)
        return {"callback_query_id": query["id"], "update_id": update_id}

    def block(self, blocked: bool) -> Json:
        """Stop the bot, or let it in again."""
        with self.telegram.store.transaction():
            if not self.telegram.people.set_blocked(self.person.id, blocked):
                return {"update_id": None}
            statuses = ("kicked", "member") if blocked else ("member", "kicked")
            update_id = self._tell_membership(*statuses)
        self.telegram.events.publish({"type": "people"})
        return {"update_id": update_id}

    def _tell_membership(self, new: str, old: str) -> int | None:
        bot = self.telegram.bot.user()
        change = {
            "chat": self.person.chat(),
            "from": self.person.user(),
            "date": int(self.telegram.clock()),
            "old_chat_member": _member(bot, old),
            "new_chat_member": _member(bot, new),
        }
        queue = f"chat:{self.person.id}"
        return self.telegram.updates.put("my_chat_member", queue, change)

    def _chat(self, chat_id: int | None) -> Json:
        """A chat this person is in, by default the private one; not the bot's while blocked."""
        chats = self.telegram.chats
        asked = self.person.id if chat_id is None else chat_id
        chat = chats.find(asked) if asked in chats.of(self.person.id) else None
        if chat is None:
            raise ApiError(404, "Not Found: the person has no such chat")
        if self.person.blocked and asked == self.person.id:
            raise ApiError(409, "Conflict: the person has blocked the bot")
        return chat

    def _send(self, chat: Json, content: Json) -> Json:
        private = chat["type"] == "private"
        if private:
            self.telegram.people.set_started(self.person.id)
        message = self.telegram.chats.post(chat, self.person.user(), content)
        update_id = None
        if private or self._reaches_bot(content):
            queue = f"chat:{chat['id']}"
            update_id = self.telegram.updates.put("message", queue, message)
        return {"message_id": message["message_id"], "update_id": update_id}

    def _reaches_bot(self, content: Json) -> bool:
        """Privacy mode: in a group a bot sees commands that may be its own, and replies to it."""
        bot = self.telegram.bot
        replied = content.get("reply_to_message", {}).get("from", {}).get("id") == bot.id
        command, _, addressee = content.get("text", "").partition(" ")[0].partition("@")
        return replied or (command.startswith("/") and addressee in ("", bot.username))

    def _reply(self, chat: Json, message_id: int | None) -> Json:
        message = message_id and self.telegram.chats.fetch(chat["id"], message_id)
        return {"reply_to_message": message} if message else {}

    def _hide_used_keyboard(self, chat: Json, used: Json) -> None:
        """A one-time keyboard goes away when one of its buttons is used."""
        keyboard = self.telegram.chats.keyboard(chat["id"])
        if keyboard and keyboard.get("one_time_keyboard"):
            buttons = [button for row in keyboard["keyboard"] for button in row]
            if any(used.items() <= button.items() for button in buttons):
                self.telegram.chats.drop_keyboard(chat["id"])


def _member(bot: Json, status: str) -> Json:
    until: Json = {"until_date": 0} if status == "kicked" else {}
    return {"user": bot, "status": status} | until


def summary(telegram: Telegram, person: Person) -> Json:
    """A person as the page lists him: his chats with their newest message and unread count."""
    return {
        "id": person.id,
        "name": person.name,
        "username": person.username,
        "language_code": person.language_code,
        "phone": person.phone,
        "organiser": person.organiser,
        "started": person.started,
        "blocked": person.blocked,
        "chats": [
            _chat_summary(telegram.chats, person.id, chat) for chat in telegram.chats.of(person.id)
        ],
    }


def _chat_summary(chats: Chats, person: PersonId, chat_id: int) -> Json:
    newest = chats.history(chat_id, 1)
    return {
        "chat": chats.find(chat_id),
        "unread": chats.unread(person, chat_id),
        "last": newest[0] if newest else None,
    }
