"""Many writes in one transaction, each once and each with an outcome of its own.

What `once` promises of one write holds for every write of a group. Mostly no id was there before,
so the work is done first, and the ids are kept with the outcomes in the end: if one of them turns
out to be taken, nothing has happened, and the group looks for the first ones' outcomes before it
works again. So the work locks what it changes in one order for everybody before it writes. A group
that fails by its data is tried again in halves, down to the one write that is at fault; by the
server: it fails whole.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, NamedTuple, TypeGuard

from google.protobuf.message import Message

from services.chassis import once
from services.chassis.batches import Outcome
from services.chassis.db import Database
from services.chassis.db_transactions import Writing
from services.chassis.driver_sql import byte_strings, fetch, is_bad_data, numbers, texts
from services.chassis.errors import Refused, Unavailable
from services.chassis.store_errors import StoreBusy

FIRSTS = """SELECT actor_id, request_id, method, fingerprint, refused, outcome
    FROM requests JOIN unnest($1::text::bigint[], $2::text::text[]) AS asked(actor_id, request_id)
    USING (actor_id, request_id)"""
# Each time somebody else was quicker in between.
MOST_LOOKS = 5

Key = tuple[int, str]
Kept = tuple[str, ...]
"""Outcomes as the arguments of `keeping`."""

Write = Callable[[Kept], Awaitable[int]]


def keeping(first: int = 1) -> str:
    """The statement that keeps outcomes unless their ids are there: a row for each. Its parameters
    are numbered from `first` on."""
    actors, ids, prints, outcomes, refusals, method = (f"${first + n}::text" for n in range(6))
    return f"""INSERT INTO requests (actor_id, request_id, method, fingerprint, outcome, refused)
    SELECT actor_id, request_id, {method}, fingerprint, outcome, refused
    FROM unnest({actors}::bigint[], {ids}::text[], {prints}::bytea[], {outcomes}::bytea[],
      {refusals}::text[]) AS kept(actor_id, request_id, fingerprint, outcome, refused)
    ON CONFLICT DO NOTHING RETURNING actor_id"""  # noqa: S608


KEEP = f"WITH kept AS ({keeping()}) SELECT count(*) FROM kept"  # noqa: S608


class Worked(NamedTuple):
    """What a group's work has come to. `write`, if it is there, writes what was done together with
    the outcomes, and tells how many of these were kept."""

    outcomes: Sequence[Outcome]
    write: Write | None = None


# The outcomes of the writes at these places of the group, each its own, in their order.
Work = Callable[[Any, Sequence[int]], Awaitable[Worked]]
# Begins the transaction of the writes at these places.
Begin = Callable[[Sequence[int]], AbstractAsyncContextManager[Any]]


class _Claim(NamedTuple):
    """A write that is to be made unless its request id was there before."""

    place: int
    key: Key
    fingerprint: bytes


class _SeenBefore(Exception):
    """One of the ids is taken."""


class OnceTogether:
    """Runs groups of one method's writes. `answer` is what the method answers."""

    def __init__(self, database: Database, method: str, answer: type[Message]) -> None:
        self._database = database
        self._method = method
        self._answer = answer

    async def __call__(
        self, requests: Sequence[Any], work: Work, begin: Begin | None = None
    ) -> list[Outcome]:
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
        group = _Group(work, begin or (lambda _: self._database.write()))
        for claim, outcome in await self._together(claims, group, looks=0):
            outcomes[claim.place] = outcome
        return outcomes

    async def _together(
        self, claims: Sequence[_Claim], group: "_Group", *, looks: int
    ) -> Iterable[tuple[_Claim, Outcome]]:
        """`looks`: how often the ids have been looked for."""
        if not claims:
            return ()
        try:
            return zip(claims, await self._attempt(claims, group, looks > 0), strict=True)
        except _SeenBefore:
            if looks > MOST_LOOKS:
                raise StoreBusy("request ids come again and again") from None
            return await self._together(claims, group, looks=looks + 1)
        except Exception as error:
            if not is_bad_data(error):
                raise
            if len(claims) == 1 and looks:
                return [(claims[0], error)]
        half = len(claims) // 2
        first = await self._together(claims[:half], group, looks=looks or 1)
        return [*first, *await self._together(claims[half:], group, looks=looks or 1)]

    async def _attempt(
        self, claims: Sequence[_Claim], group: "_Group", is_looking: bool
    ) -> list[Outcome]:
        by_key: dict[Key, _Claim] = {}
        for claim in claims:
            by_key.setdefault(claim.key, claim)
        made: dict[Key, Outcome] = {}
        async with group.begin([claim.place for claim in by_key.values()]) as transaction:
            firsts = await _firsts(transaction, by_key) if is_looking else {}
            mine = [claim for key, claim in by_key.items() if key not in firsts]
            if mine:
                worked = await group.work(transaction, [claim.place for claim in mine])
                made = {one.key: own for one, own in zip(mine, worked.outcomes, strict=True)}
                await self._keep(transaction, by_key, made, worked.write)
        return [self._outcome(claim, made, by_key, firsts) for claim in claims]

    async def _keep(
        self,
        transaction: Writing,
        claims: Mapping[Key, _Claim],
        made: Mapping[Key, Outcome],
        write: Write | None,
    ) -> None:
        """What has no outcome is as if it had never been asked. Raises _SeenBefore."""
        # In one order for all: two groups with the same ids wait for each other at the first one.
        kept = [
            (*key, claims[key].fingerprint, once.stored(outcome), once.kind_of(outcome))
            for key, outcome in sorted(made.items(), key=_key)
            if not isinstance(outcome, Exception) or _is_final(outcome)
        ]
        if not kept and write is None:
            return
        actors, ids, prints, outcomes, refusals = zip(*kept, strict=True) if kept else [()] * 5
        columns = numbers(actors), texts(ids), byte_strings(prints), byte_strings(outcomes)
        writing = write or partial(keep, transaction)
        if await writing((*columns, texts(refusals), self._method)) < len(kept):
            raise _SeenBefore

    def _outcome(
        self,
        claim: _Claim,
        made: Mapping[Key, Outcome],
        claims: Mapping[Key, _Claim],
        firsts: Mapping[Key, once.First],
    ) -> Outcome:
        own = made.get(claim.key)
        if own is None:
            first = firsts[claim.key]
        elif claims[claim.key] is claim or not isinstance(own, Message | Refused):
            return own
        else:
            kept = once.stored(own), once.kind_of(own)
            first = once.First(self._method, claims[claim.key].fingerprint, kept[1], kept[0])
        try:
            return first.again(self._method, claim.fingerprint, self._answer)
        except Refused as refusal:
            return refusal


class _Group(NamedTuple):
    work: Work
    begin: Begin


async def keep(transaction: Writing, kept: Kept) -> int:
    """Keep outcomes alone; how many of them were new."""
    return int((await fetch(transaction, KEEP, *kept))[0][0])


async def _firsts(transaction: Writing, keys: Iterable[Key]) -> dict[Key, once.First]:
    actors, ids = zip(*keys, strict=True)
    rows = await fetch(transaction, FIRSTS, numbers(actors), texts(ids))
    return {(row[0], row[1]): once.First(*row[2:]) for row in rows}


def _key(made: tuple[Key, Outcome]) -> Key:
    return made[0]


def _is_final(outcome: Exception) -> TypeGuard[Refused]:
    return isinstance(outcome, Refused) and not isinstance(outcome, Unavailable)


_NOTHING = RuntimeError("a write of a group without an outcome")
