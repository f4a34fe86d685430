"""A person as users told of him, kept for the next updates with the position it was read at.

Kept in the cluster beside his memory (person_memory.py), so that a crowd's taps need no call. Only
for what is shown: the services check rights at every write.
"""

import struct
from functools import lru_cache

from fotbot.users.v1.user_pb2 import User

from services.chassis.consistency import Position
from services.gateway.calls import Person
from services.gateway.persons import person_from

PEOPLE_UNPACKED = 8192
_HEAD = struct.Struct(">q")


def packed(user: bytes, position: Position) -> bytes:
    """The serialized User, as known to whom has written up to `position`."""
    return _HEAD.pack(position) + user


def fresh(kept: bytes, position: Position) -> bytes | None:
    """The serialized User; None when there is none, or it is older than `position`."""
    if len(kept) <= _HEAD.size or _HEAD.unpack_from(kept)[0] < position:
        return None
    return kept[_HEAD.size :]


@lru_cache(PEOPLE_UNPACKED)
def person_of(user: bytes, language: str) -> Person:
    """The person of a serialized User; `language` is for one whose language is newer than this
    gateway."""
    return person_from(User.FromString(user), language)
