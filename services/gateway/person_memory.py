"""What the cluster remembers of one person, read in one go when an update of his arrives.

His bucket (admission.py), when this update first failed (held_back.py), what he has written in
the last 30 s (consistency positions), his conversation, and who he is, as users keeps it. All keys
of a person share a slot. Every method raises CacheDown when the cluster is away.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from msgspec import Struct

from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.chassis.known_person import person_key
from services.gateway.admission import STEPS, Rate, Verdict
from services.gateway.conversation_records import Record

POSITIONS_MS = 30_000
FAILURE_MS = 180_000
CONVERSATION_MS = 24 * 3_600_000

VERSIONS = {"bucket": 3, "notice": 2, "failure": 2, "positions": 2, "conversation": 2}
"""What is kept of a person, and the version of its shape."""

FAILURE = [*VERSIONS].index("failure")

# KEYS: bucket, notice, failure, positions, conversation, who he is.
# ARGV: most, window in ms, steps.
ARRIVE_LUA = """
local kept = redis.call('MGET', KEYS[1], KEYS[3], KEYS[6])
local bucket, failed, known = kept[1], kept[2], kept[3]
local verdict = 0
if not failed then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local most, window, steps = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local since, used = now, 0
  if bucket then
    since, used = string.match(bucket, '(%S+) (%S+)')
    since, used = tonumber(since), tonumber(used)
  end
  local passed = math.floor((now - since) / (window / steps))
  used = math.max(0, used - passed * most / steps)
  if used > 0 then since = since + passed * window / steps else since = now end
  if used + 1 <= most then
    redis.call('SET', KEYS[1], since .. ' ' .. (used + 1), 'PX', window * 2)
  elseif redis.call('SET', KEYS[2], '1', 'NX', 'PX', window) then
    verdict = 1
  else
    verdict = 2
  end
end
local talk = redis.call('HMGET', KEYS[5], 'version', 'record')
return {verdict, failed or '', redis.call('HGETALL', KEYS[4]), talk[1] or '', talk[2] or '',
  known or ''}
"""

# KEYS: positions. ARGV: their milliseconds, then service and position in turn: the newest is kept.
KEEP_LUA = """
for i = 2, #ARGV, 2 do
  local kept = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or 0)
  if tonumber(ARGV[i + 1]) > kept then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
"""

# KEYS: conversation. ARGV: the version it must have, the next one, record, milliseconds.
MOVE_LUA = """
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""

NO_RECORD = Record()
VERDICTS = tuple(Verdict)

log = structlog.get_logger(__name__)


class Remembered(Struct, frozen=True, kw_only=True):
    """The answer to an arrival."""

    verdict: Verdict
    failed_at: float | None = None
    """Unix seconds when this very update was first held back; None if it never was."""

    positions: Mapping[str, Position] = {}
    record: Record = NO_RECORD
    known: bytes = b""
    """Who he is, as users has cached it; empty when it has not."""


class PersonMemory:
    """The cluster's memory of the people who talk to one bot."""

    def __init__(self, cache: Cache, rate: Rate) -> None:
        self._cache = cache
        self._rate = (b"%d" % rate.most, b"%d" % rate.window_ms, b"%d" % STEPS)
        self._keys = {
            thing: cache.key(thing, version, "%d") + ":%d" for thing, version in VERSIONS.items()
        }
        self._all = " ".join([*self._keys.values(), person_key("%d")])

    async def arrive(self, bot: int, person: int, update_id: int) -> Remembered:
        """Counts the update against the person's rate and tells all that is remembered."""
        keys = (self._all % ((person, bot) * len(VERSIONS) + (person,))).split(" ")
        keys[FAILURE] = f"{keys[FAILURE]}:{update_id}"
        return _remembered(await self._cache.evaluate(ARRIVE_LUA, keys, *self._rate))

    async def record(self, bot: int, person: int) -> Record:
        """The conversation as it is now."""
        key = self.key("conversation", bot, person)
        version, text = await self._cache.send("HMGET", key, "version", "record")
        return _record(version or b"", text or b"")

    async def move(self, bot: int, person: int, kept: Record, moved: Record) -> bool:
        """Puts `moved` in the place of `kept`; False when something else is there by now."""
        key = self.key("conversation", bot, person)
        arguments = (kept.version, moved.version, moved.to_json(), CONVERSATION_MS)
        return bool(await self._cache.evaluate(MOVE_LUA, [key], *arguments))

    async def keep(self, bot: int, person: int, positions: Mapping[str, Position]) -> None:
        """Remembers for 30 s how far the person's own writes reach."""
        key = self.key("positions", bot, person)
        pairs = [item for pair in positions.items() for item in pair]
        await self._cache.evaluate(KEEP_LUA, [key], POSITIONS_MS, *pairs)

    async def note_failure(self, bot: int, person: int, update_id: int, now: float) -> None:
        """Remembers when an update was first held back; later notes change nothing."""
        key = f"{self.key('failure', bot, person)}:{update_id}"
        await self._cache.send("SET", key, repr(now), "NX", "PX", FAILURE_MS)

    async def forget(self, bot: int, person: int) -> None:
        """His conversation, with the answers it has given."""
        await self._cache.send("DEL", self.key("conversation", bot, person))

    def key(self, thing: str, bot: int, person: int) -> str:
        """Of VERSIONS."""
        return self._keys[thing] % (person, bot)


def _remembered(reply: list[Any]) -> Remembered:
    verdict, failed_at, flat, version, record, known = reply
    return Remembered(
        verdict=VERDICTS[verdict],
        failed_at=float(failed_at) if failed_at else None,
        positions=_positions(flat) if flat else {},
        record=_record(version, record) if version else NO_RECORD,
        known=known,
    )


def _positions(flat: list[bytes]) -> Mapping[str, Position]:
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return {name.decode(): int(position) for name, position in pairs}


def _record(version: bytes, text: bytes) -> Record:
    """A record that cannot be read is as good as lost: the conversation starts again."""
    if not version:
        return Record()
    try:
        return Record.from_json(version.decode(), text.decode())
    except (ValueError, TypeError, IndexError):
        log.exception("a conversation's record cannot be read")
        return Record(version=version.decode())
