"""Updates of every type, made from the Bot API's own schema, with fields missing, extra, of the
wrong type and extreme; here and there with a person and a button that exist."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_name("bot_api_update.json")
DEEPEST = 5
WRONG = (None, True, -1, 2**63, 1.5, "", "x", [], {}, [[]], {"id": "x"}, "9" * 400, -(2**63) - 1)
WORDS = (
    "",
    "/start",
    "/start s_1",
    "/start t_AAAAAAAAAAAAAAAAAAAAAA",
    "/sessions",
    "/create",
    "/cancel",
    "/help@FotbotTest",
    "/" + "x" * 200,
    "Ali",
    "20:00",
    "10",
    "a" + "\u0301" * 3000,
    "<b>&'\"",
    "\0\ud800",
    "x" * 4096,
    "private",
)


@cache
def _types() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(SCHEMA.read_text())["types"]
    return found


def kinds() -> list[str]:
    """Every kind of update, as its field is called."""
    return [name for name in _types()["Update"] if name != "update_id"]


@dataclass(slots=True)
class Bodies:
    """Makes updates, the same ones for the same seed."""

    chance: random.Random
    people: Sequence[int]
    buttons: Sequence[str]

    def update(self, kind: str, update_id: int, person: int) -> dict[str, Any]:
        """One of this kind; now and then with another one in it, or none."""
        made: dict[str, Any] = {"update_id": update_id}
        made[kind] = self._field(_types()["Update"][kind], 0)
        if isinstance(made[kind], dict) and self.chance.random() < 0.8:
            self._comes_from(made[kind], person)
        if self.chance.random() < 0.05:
            other = self.chance.choice(kinds())
            made[other] = self._field(_types()["Update"][other], 2)
        if self.chance.random() < 0.03:
            made["update_id"] = self.chance.choice(WRONG)
        return made

    def _comes_from(self, event: dict[str, Any], person: int) -> None:
        """What the gateway looks at first is right, so that the rest is looked at too."""
        who = {"id": person, "is_bot": False, "first_name": "Ali", "language_code": "en"}
        event["from"] = who
        event["chat"] = {"id": person, "type": "private", "first_name": "Ali"}
        if "data" in event or "chat_instance" in event:
            event["data"] = self.button()
            event["id"] = str(self.chance.getrandbits(60))

    def button(self) -> str:
        """What a button carries, as it was or mutated."""
        data = self.chance.choice(self.buttons)
        if self.chance.random() < 0.4:
            return data
        at = self.chance.randrange(len(data) + 1)
        added = self.chance.choice(("", ":", "0", "-", "9" * 30, "\0", "é", " ", "x" * 64, ":1:1"))
        return data[:at] + added + data[at + self.chance.randrange(3) :]

    def _object(self, name: str, depth: int) -> Any:
        known = _types()[name]
        if "subtypes" in known:
            return self._object(self.chance.choice(known["subtypes"]), depth)
        made = {}
        for field, types in known.items():
            is_due = self.chance.random() < (0.97 if "!" in types else 0.3 / (depth + 1))
            if is_due:
                made[field] = self._field(types, depth)
        if self.chance.random() < 0.05:
            made[self.chance.choice(("new_field", "__class__", "", "id"))] = self.chance.choice(
                WRONG
            )
        return made

    def _field(self, types: list[str], depth: int) -> Any:
        if self.chance.random() < 0.02:
            return self.chance.choice(WRONG)
        return self._value(self.chance.choice([one for one in types if one != "!"]), depth)

    def _value(self, kind: str, depth: int) -> Any:
        if inner := kind.removeprefix("Array of ") if kind.startswith("Array of ") else "":
            return [
                self._value(inner, depth + 1) for _ in range(self.chance.choice((0, 1, 1, 2, 9)))
            ]
        match kind:
            case "Integer":
                small = self.chance.randrange(100)
                return self.chance.choice((0, 1, small, 2**31, 2**52, -(2**31), *self.people))
            case "Float":
                return self.chance.choice((0.0, 1.5, -1e308))
            case "Boolean":
                return self.chance.random() < 0.5
            case "String":
                return self.chance.choice(WORDS)
            case _ if kind in _types():
                return self._object(kind, depth + 1) if depth < DEEPEST else {}
        return self.chance.choice(WRONG)
