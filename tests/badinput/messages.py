"""Messages nobody would send, made from the wire's own descriptors: every field left out, empty,
extreme, unknown, or half sensible, so that some get past the first check."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fotbot.sender.v1 import sender_service_pb2
from fotbot.sessions.v1 import (
    entries_service_pb2,
    league_service_pb2,
    matches_service_pb2,
    sessions_import_service_pb2,
    sessions_service_pb2,
)
from fotbot.teams.v1 import sides_service_pb2, teams_import_service_pb2, teams_service_pb2
from fotbot.users.v1 import users_import_service_pb2, users_service_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

MODULES = {
    "users": (users_service_pb2, users_import_service_pb2),
    "sessions": (
        sessions_service_pb2,
        entries_service_pb2,
        matches_service_pb2,
        league_service_pb2,
        sessions_import_service_pb2,
    ),
    "teams": (teams_service_pb2, sides_service_pb2, teams_import_service_pb2),
    "sender": (sender_service_pb2,),
}
"""By role, where its services are described."""

TIMESTAMP = "google.protobuf.Timestamp"
DEEPEST = 4
NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    25,
    100,
    101,
    10_000_001,
    2**31 - 1,
    -(2**31),
    2**53,
    2**63 - 1,
    -(2**63),
)
TEXTS = (
    "",
    " ",
    "a\0b",
    "\0",
    "'; DROP TABLE people; --",
    "100%_\\",
    "<b>x</b>&<a href=tg://user?id=1>",
    "a" + "\u0301" * 5000,
    "\u202eabc\u202c\u2066",
    "\r\n\x1b[31mred",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0010ffff",
    "x" * 257,
    "y" * 100_000,
    "Asia/Tashkent",
    "../../etc/passwd",
    "+998901234567",
    "++998 (90) 123-45-67",
    "\u0661\u0662\u0663",
    "NaN",
    "1e309",
    "{}",
    "[]",
    "eyJhIjoxfQ==",
    "AAAAAAAAAAAAAAAAAAAAAA",
    "uz",
    "2026-02-30",
    "9999-12-31T23:59:59",
)
HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is: numbers by the end of a field's name, so that some calls hit something."""

    numbers: Mapping[str, Sequence[int]]
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)


def methods(role: str) -> Iterator[MethodDescriptor]:
    """All that a role serves."""
    for module in MODULES[role]:
        for service in module.DESCRIPTOR.services_by_name.values():
            yield from service.methods


@dataclass(slots=True)
class Maker:
    """Makes messages of any type, the same ones for the same seed."""

    chance: random.Random
    known: Known

    def message(self, kind: Descriptor, depth: int = 0) -> Any:
        """One of this type."""
        made = GetMessageClass(kind)()
        if kind.full_name == TIMESTAMP:
            made.seconds, made.nanos = self._moment()
            return made
        for one in kind.fields:
            if self.chance.random() > (0.12 if one.name == "write" else 0.25):
                self._fill(made, one, depth)
        return made

    def _fill(self, made: Any, one: FieldDescriptor, depth: int) -> None:
        if one.message_type is not None and one.message_type.GetOptions().map_entry:
            self._fill_map(getattr(made, one.name), one.message_type, depth)
        elif one.is_repeated:
            items = getattr(made, one.name)
            for _ in range(self._length(depth)):
                if one.message_type is None:
                    items.append(self._value(one))
                else:
                    items.add().CopyFrom(self._inner(one.message_type, depth))
        elif one.message_type is not None:
            getattr(made, one.name).CopyFrom(self._inner(one.message_type, depth))
        else:
            setattr(made, one.name, self._value(one))

    def _inner(self, kind: Descriptor, depth: int) -> Any:
        return self.message(kind, depth + 1) if depth < DEEPEST else GetMessageClass(kind)()

    def _fill_map(self, entries: Any, kind: Descriptor, depth: int) -> None:
        key, value = kind.fields_by_name["key"], kind.fields_by_name["value"]
        for _ in range(self.chance.randrange(4)):
            if value.message_type is None:
                entries[self._value(key)] = self._value(value)
            else:
                entries[self._value(key)].CopyFrom(self._inner(value.message_type, depth))

    def _length(self, depth: int) -> int:
        most = (0, 1, 1, 2, 3, 5, 30) if depth else (0, 1, 1, 2, 3, 16, 101, 1001)
        return self.chance.choice(most)

    def _value(self, one: FieldDescriptor) -> Any:
        match one.cpp_type:
            case FieldDescriptor.CPPTYPE_STRING:
                return self._bytes() if one.type == FieldDescriptor.TYPE_BYTES else self._text(one)
            case FieldDescriptor.CPPTYPE_BOOL:
                return self.chance.random() < 0.5
            case FieldDescriptor.CPPTYPE_ENUM:
                numbers = list(one.enum_type.values_by_number) if one.enum_type else [0]
                return self.chance.choice([*numbers, *numbers, 99, -1, 2**31 - 1])
            case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
                return self.chance.choice([0.0, -1.0, 0.5, 1e300, float("inf"), float("nan")])
            case _:
                return self._number(one)

    def _number(self, one: FieldDescriptor) -> int:
        is_long = one.cpp_type == FieldDescriptor.CPPTYPE_INT64
        ends = next(
            (ids for name, ids in self.known.numbers.items() if one.name.endswith(name)), ()
        )
        if ends and self.chance.random() < 0.75:
            return self.chance.choice(ends)
        if self.chance.random() < 0.4:
            return self.chance.randrange(1, 60)
        limit = 63 if is_long else 31
        fitting = [n for n in NUMBERS if -(2**limit) <= n < 2**limit]
        return self.chance.choice(fitting)

    def _text(self, one: FieldDescriptor) -> str:
        usual = next((text for name, text in self.known.texts.items() if one.name == name), ())
        if one.name == "request_id" and self.chance.random() < 0.85:
            return f"fuzz:{self.chance.getrandbits(64)}"
        if usual and self.chance.random() < 0.6:
            return self.chance.choice(usual)
        if self.chance.random() < 0.3:
            return "".join(chr(self._letter()) for _ in range(self.chance.randrange(40)))
        return self.chance.choice(TEXTS)

    def _letter(self) -> int:
        letter = self.chance.choice(
            (self.chance.randrange(1, 0x250), self.chance.randrange(0x10FFFF))
        )
        return 0x41 if 0xD800 <= letter <= 0xDFFF else letter

    def _bytes(self) -> bytes:
        return self.chance.choice(
            (b"", b"{}", b"[]", b"null", b'{"text": "x"}', b"\xff\x00", b"1" * 5000)
        )

    def _moment(self) -> tuple[int, int]:
        now = int(time.time())
        seconds = self.chance.choice(
            (
                now + 24 * HOUR,
                now + 25 * HOUR,
                now + self.chance.randrange(48) * HOUR,
                now - HOUR,
                0,
                253_402_300_800,
                2**63 - 1,
                -(2**63),
                -62_135_596_801,
            )
        )
        return seconds, self.chance.choice((0, 0, 0, 0, -1, 10**9, 2**31 - 1, 999_999_999))
