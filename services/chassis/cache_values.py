"""What a cached value looks like: the position it was read at, its sort, when it was read; then
the value itself."""

import struct
import time
from enum import Enum, auto
from typing import Final, Literal, TypeAlias

from services.chassis.consistency import Position

_HEAD = struct.Struct(">qB")
_VALUE_HEAD = struct.Struct(">qBd")
TOMBSTONE, VALUE, NOTHING = 0, 2, 3

# KEYS[1]; ARGV: position (8 bytes, big-endian, never negative, so bytes compare as numbers do),
# whole value, milliseconds. Keeps what is newer: a value read at a tombstone's own position shows
# what the tombstone stands for. What is none of ours goes.
STORE_LUA = """
local there = redis.call('GETRANGE', KEYS[1], 0, 8)
local sort = string.byte(there, 9)
local is_ours = sort == 0 or sort == 2 or sort == 3
if is_ours and string.sub(there, 1, 8) > ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


class Missing(Enum):
    """What there is instead of a value or of the knowledge that there is none."""

    MISSING = auto()


MISSING: Final = Missing.MISSING
Found: TypeAlias = bytes | Literal[Missing.MISSING] | None


def packed(position: Position, value: bytes | None) -> bytes:
    """A value, or None for the knowledge that there is none."""
    sort = NOTHING if value is None else VALUE
    return _VALUE_HEAD.pack(position, sort, time.time()) + (value or b"")


def tombstone(position: Position) -> bytes:
    """Stands where nothing older than `position` may be."""
    return _HEAD.pack(position, TOMBSTONE)


def unpacked(stored: object, asked: Position) -> Found:
    """The value if it is one, whole and new enough."""
    if not isinstance(stored, bytes) or len(stored) < _VALUE_HEAD.size:
        return MISSING
    position, sort = _HEAD.unpack_from(stored)
    if position < asked:
        return MISSING
    if sort == VALUE:
        return stored[_VALUE_HEAD.size :]
    return None if sort == NOTHING else MISSING


def read_at(stored: bytes) -> Position:
    """The position at which what was unpacked was read."""
    position: Position = _HEAD.unpack_from(stored)[0]
    return position


def age(stored: bytes) -> float:
    """For how many seconds what was unpacked has been there."""
    read_at: float = _VALUE_HEAD.unpack_from(stored)[2]
    return max(0.0, time.time() - read_at)
