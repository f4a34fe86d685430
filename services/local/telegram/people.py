"""The people and groups of the local Telegram: who exists, and how a bot sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NewType

from services.local.telegram.store import Json, Store

PersonId = NewType("PersonId", int)
GROUP_ID = -1001000000001
LARGEST_ID = 2**52
"""Telegram's ids have at most 52 significant bits."""

GROUP_TITLE = "Thursday football"
PLAYERS = (
    ("Dilnoza", "Yusupova", "dilnoza_y", "uz"),
    ("Jasur", "Toshmatov", "jasur_t", "uz"),
    ("Иван", "Петров", "ivan_petrov", "ru"),
    ("Мария", "Соколова", None, "ru"),
    ("Tom", "Baker", "tombaker", "en"),
    ("Oʻtkir", "Gʻulomov", None, "uz"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: PersonId
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "uz"
    phone: str = ""
    """Digits with a leading plus."""
    organiser: bool = False
    started: bool = False
    """Has ever written to the bot; a bot cannot write first."""
    blocked: bool = False

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))

    def user(self) -> Json:
        """A Bot API User."""
        return self._named({"id": self.id, "is_bot": False}) | (
            {"language_code": self.language_code} if self.language_code else {}
        )

    def chat(self) -> Json:
        """The Bot API Chat of the private chat with this person."""
        return self._named({"id": self.id, "type": "private"})

    def contact(self) -> Json:
        """A Bot API Contact. Some of Telegram's apps send the plus and some do not, so here too."""
        phone = self.phone if self.id % 2 else self.phone.removeprefix("+")
        named = {"phone_number": phone, "first_name": self.first_name, "user_id": self.id}
        return named | ({"last_name": self.last_name} if self.last_name else {})

    def _named(self, start: Json) -> Json:
        names = ("first_name", "last_name", "username")
        return start | {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in the store."""

    store: Store

    def seed(self, organiser: int) -> None:
        """On the first start a group and a few players; at every start the organiser."""
        with self.store.transaction():
            if self.find(organiser) is None:
                names: Json = {"last_name": "Karimov", "username": "aziz_k"}
                self.add("Aziz", organiser, organiser=True, **names)
            if not self.groups():
                self.store.run("INSERT INTO groups VALUES (?, ?)", GROUP_ID, GROUP_TITLE)
                for first, last, username, language in PLAYERS:
                    names = {"last_name": last, "username": username}
                    self.add(first, **names, language_code=language)

    def add(
        self,
        first_name: str,
        telegram_id: int | None = None,
        **known: Any,
    ) -> Person:
        """A new person; an id and a phone number are found when none are given."""
        number = self._free_id() if telegram_id is None else telegram_id
        known["phone"] = known.get("phone") or f"+99890{number % 10_000_000:07}"
        person = Person(id=PersonId(number), first_name=first_name, **known)
        self.store.run(
            "INSERT INTO people (id, first_name, last_name, username, language_code, phone,"
            " organiser, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(person.id, first_name, person.last_name, person.username, person.language_code),
            *(person.phone, person.organiser, person.started),
        )
        return person

    def find(self, person_id: int) -> Person | None:
        if abs(person_id) > LARGEST_ID:
            return None
        row = self.store.row("SELECT * FROM people WHERE id = ?", person_id)
        return _person(row) if row else None

    def everybody(self) -> Iterator[Person]:
        rows = self.store.rows("SELECT * FROM people ORDER BY organiser DESC, id")
        return map(_person, rows)

    def set_blocked(self, person_id: PersonId, blocked: bool) -> bool:
        """False when it was so already."""
        change = "UPDATE people SET blocked = ? WHERE id = ? AND blocked <> ?"
        return bool(self.store.run(change, blocked, person_id, blocked))

    def set_started(self, person_id: PersonId) -> None:
        self.store.run("UPDATE people SET started = 1 WHERE id = ? AND NOT started", person_id)

    def groups(self) -> list[Json]:
        """Bot API Chats; everybody is a member of every group."""
        rows = self.store.rows("SELECT id, title FROM groups ORDER BY id")
        return [row | {"type": "supergroup"} for row in rows]

    def _free_id(self) -> int:
        with self.store.transaction():
            while self.find(number := self.store.next_number("person", 1002)):
                continue
        return number


def _person(row: Json) -> Person:
    flags = {name: bool(row[name]) for name in ("organiser", "started", "blocked")}
    return Person(**row | flags)
