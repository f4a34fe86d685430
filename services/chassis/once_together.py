"""Many writes in one transaction, each once and each with an outcome of its own.

What `once` promises of one write holds for every write of a group. A group that fails by its data
is tried again in halves, down to the one write that is at fault; by the server: it fails whole.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeGuard

from google.protobuf.message import Message

from services.chassis import once
from services.chassis.batches import Outcome
from services.chassis.db import Database, WriteTransaction
from services.chassis.driver_sql import byte_strings, fetch, is_bad_data, numbers, texts
from services.chassis.errors import Refused, Unavailable

# In one order for all, so that two groups with the same ids wait for each other at the first one.
CLAIM = """INSERT INTO requests (actor_id, request_id, method, fingerprint)
    SELECT actor_id, request_id, $4, fingerprint
    FROM unnest($1::text::bigint[], $2::text::text[], $3::text::bytea[])
        AS asked(actor_id, request_id, fingerprint)
    ON CONFLICT DO NOTHING RETURNING actor_id, request_id"""
FIRSTS = """SELECT actor_id, request_id, method, fingerprint, refused, outcome
    FROM requests JOIN unnest($1::text::bigint[], $2::text::text[]) AS asked(actor_id, request_id)
    USING (actor_id, request_id)"""
SETTLE = """UPDATE requests SET outcome = of.outcome, refused = of.refused
    FROM unnest($1::text::bigint[], $2::text::text[], $3::text::bytea[], $4::text::text[])
        AS of(actor_id, request_id, outcome, refused)
    WHERE requests.actor_id = of.actor_id AND requests.request_id = of.request_id"""
GIVE_UP = """DELETE FROM requests
    USING unnest($1::text::bigint[], $2::text::text[]) AS of(actor_id, request_id)
    WHERE requests.actor_id = of.actor_id AND requests.request_id = of.request_id"""

Key = tuple[int, str]
# The outcomes of the writes at these places of the group, each its own, in their order.
Work = Callable[[WriteTransaction, Sequence[int]], Awaitable[Sequence[Outcome]]]


class _Claim(NamedTuple):
    """A write that is to be made unless its request id was there before."""

    place: int
    key: Key
    fingerprint: bytes


class OnceTogether:
    """Runs groups of one method's writes. `answer` is what the method answers."""

    def __init__(self, database: Database, method: str, answer: type[Message]) -> None:
        self._database = database
        self._method = method
        self._answer = answer

    async def __call__(self, requests: Sequence[Any], work: Work) -> list[Outcome]:
        """Each request's outcome, or the one that its request id had before.

        A refusal is an outcome like an answer; what is no outcome (a bug, Unavailable) is given
        but not stored. Raises what concerns all of them: the store is away or busy.
        """
        outcomes: list[Outcome] = [_NOTHING] * len(requests)
        claims: list[_Claim] = []
        for place, request in enumerate(requests):
            write = request.write
            try:
                once.check(write)
            except Refused as refusal:
                outcomes[place] = refusal
                continue
            key = write.actor_id, write.request_id
            claims.append(_Claim(place, key, once.fingerprint_of(request)))
        for claim, outcome in await self._together(claims, work):
            outcomes[claim.place] = outcome
        return outcomes

    async def _together(
        self, claims: Sequence[_Claim], work: Work
    ) -> Iterable[tuple[_Claim, Outcome]]:
        if not claims:
            return ()
        try:
            return zip(claims, await self._attempt(claims, work), strict=True)
        except Exception as error:
            if not is_bad_data(error):
                raise
            if len(claims) == 1:
                return [(claims[0], error)]
        half = len(claims) // 2
        first = await self._together(claims[:half], work)
        return [*first, *await self._together(claims[half:], work)]

    async def _attempt(self, claims: Sequence[_Claim], work: Work) -> list[Outcome]:
        async with self._database.write() as transaction:
            free = await self._claimed(transaction, claims)
            mine = [claim for claim in claims if free.get(claim.key) is claim]
            made: dict[Key, Outcome] = {}
            if mine:
                found = await work(transaction, [claim.place for claim in mine])
                made = {claim.key: own for claim, own in zip(mine, found, strict=True)}
                await _settle(transaction, made)
            firsts = await _firsts(transaction, [one for one in claims if one.key not in made])
        return [self._outcome(claim, made, free, firsts) for claim in claims]

    async def _claimed(
        self, transaction: WriteTransaction, claims: Sequence[_Claim]
    ) -> dict[Key, _Claim]:
        """The ids that were not there before, each with the first write under it."""
        first: dict[Key, _Claim] = {}
        for claim in claims:
            first.setdefault(claim.key, claim)
        keys = sorted(first)
        rows = await fetch(
            transaction,
            CLAIM,
            numbers([actor for actor, _ in keys]),
            texts([request_id for _, request_id in keys]),
            byte_strings([first[key].fingerprint for key in keys]),
            self._method,
        )
        return {key: first[key] for key in map(tuple, rows)}

    def _outcome(
        self,
        claim: _Claim,
        made: dict[Key, Outcome],
        free: dict[Key, _Claim],
        firsts: dict[Key, once.First],
    ) -> Outcome:
        own = made.get(claim.key)
        if own is None:
            first = firsts[claim.key]
        elif free[claim.key] is claim or not isinstance(own, Message | Refused):
            return own
        else:
            kept = once.stored(own), once.kind_of(own)
            first = once.First(self._method, free[claim.key].fingerprint, kept[1], kept[0])
        try:
            return first.again(self._method, claim.fingerprint, self._answer)
        except Refused as refusal:
            return refusal


async def _settle(transaction: WriteTransaction, made: dict[Key, Outcome]) -> None:
    """Keep outcomes; what has none is as if it had never been asked."""
    kept: list[tuple[int, str, bytes, str | None]] = []
    given_up: list[Key] = []
    for key, outcome in made.items():
        if not isinstance(outcome, Exception) or _is_final(outcome):
            kept.append((*key, once.stored(outcome), once.kind_of(outcome)))
        else:
            given_up.append(key)
    if kept:
        actors, ids, outcomes, refusals = zip(*kept, strict=True)
        columns = numbers(actors), texts(ids), byte_strings(outcomes), texts(refusals)
        await fetch(transaction, SETTLE, *columns)
    if given_up:
        actors, ids = zip(*given_up, strict=True)
        await fetch(transaction, GIVE_UP, numbers(actors), texts(ids))


async def _firsts(
    transaction: WriteTransaction, repeated: Sequence[_Claim]
) -> dict[Key, once.First]:
    if not repeated:
        return {}
    actors, ids = zip(*(claim.key for claim in repeated), strict=True)
    rows = await fetch(transaction, FIRSTS, numbers(actors), texts(ids))
    return {(row[0], row[1]): once.First(*row[2:]) for row in rows}


def _is_final(outcome: Exception) -> TypeGuard[Refused]:
    return isinstance(outcome, Refused) and not isinstance(outcome, Unavailable)


_NOTHING = RuntimeError("a write of a group without an outcome")
