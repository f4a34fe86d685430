"""The authorisation table of EntriesService and MatchesService."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fotbot.sessions.v1 import entries_service_pb2 as wire
from fotbot.sessions.v1 import matches_service_pb2 as matches
from fotbot.sessions.v1.match_pb2 import Match

from tests.security.cast import ENTRIES, MATCHES, Cast, Who
from tests.security.rows import CAPTAIN, EVERYBODY, ITS_ORGANISER, ORGANISERS, Row, machines


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session and the player's entry for it."""

    session_id: int
    entry_id: int


async def _entered(cast: Cast) -> Entered:
    """The player and the captain's team are in; the player has shown a receipt."""
    session = await cast.session(0.9, needs_approval=True)
    player = cast.id(Who.PLAYER)
    [entry_id] = await cast.registered(session.id, player)
    await cast.team_registered(session.id)
    await cast.receipt(session.id, player)
    return Entered(session_id=session.id, entry_id=entry_id)


async def _due(cast: Cast) -> Entered:
    """Nothing has been shown yet."""
    session = await cast.session(needs_approval=True)
    [entry_id] = await cast.registered(session.id, cast.id(Who.PLAYER))
    await cast.team_registered(session.id)
    return Entered(session_id=session.id, entry_id=entry_id)


async def _owed(cast: Cast) -> int:
    """An entry that was paid for and turned down."""
    entered = await _entered(cast)
    request = wire.RejectEntryRequest(
        write=cast.write(Who.ORGANISER), entry_id=entered.entry_id, reason="Full"
    )
    await cast.land.call(f"{ENTRIES}/RejectEntry", request)
    return entered.entry_id


async def _session(cast: Cast) -> int:
    return (await cast.session()).id


async def _ready(cast: Cast) -> int:
    """It may begin."""
    session = await cast.session(0.5, price=0)
    await cast.registered(session.id, cast.id(Who.PLAYER), *cast.others)
    return session.id


async def _playing(cast: Cast) -> matches.Evening:
    return await cast.playing()


async def _finished(cast: Cast) -> matches.Evening:
    evening = await cast.playing()
    request = matches.FinishSessionRequest(
        write=cast.write(Who.ORGANISER), session_id=evening.session.id
    )
    ended: matches.Evening = (await cast.land.call(f"{MATCHES}/FinishSession", request)).evening
    return ended


async def _match(cast: Cast) -> Match:
    evening = await cast.playing()
    added = await cast.land.call(f"{MATCHES}/AddMatch", _adding(cast, evening, Who.ORGANISER))
    match: Match = added.match
    return match


async def _ended(cast: Cast) -> Match:
    match = await _match(cast)
    request = matches.FinishMatchRequest(write=cast.write(Who.ORGANISER), match_id=match.id)
    await cast.land.call(f"{MATCHES}/FinishMatch", request)
    return match


def _adding(cast: Cast, evening: matches.Evening, who: Who) -> matches.AddMatchRequest:
    home, away = evening.line_ups[:2]
    return matches.AddMatchRequest(
        write=cast.write(who),
        session_id=evening.session.id,
        home_side_id=home.side_id,
        away_side_id=away.side_id,
    )


def _of_entry(kind: Any, **more: Any) -> Any:
    return lambda cast, entered, who: kind(write=cast.write(who), entry_id=entered.entry_id, **more)


def _of_session(kind: Any, **more: Any) -> Any:
    return lambda cast, entered, who: kind(
        write=cast.write(who), session_id=entered.session_id, **more
    )


_OWN_ENTRY = {
    "may": CAPTAIN | {Who.PLAYER},
    "others": "NO_ENTRY",
    "besides": {Who.MEMBER: "CAPTAINS_BUSINESS"},
    "about": "his own entry",
}

ENTERED = [
    Row(
        method=f"{ENTRIES}/RegisterTeam",
        may=CAPTAIN,
        besides={Who.NOBODY: "NOT_REGISTERED"},
        given=_session,
        ask=lambda cast, session, who: wire.RegisterTeamRequest(
            write=cast.write(who),
            session_id=session,
            team_id=cast.team.id,
            player_ids=[cast.id(Who.CAPTAIN), cast.id(Who.MEMBER), *cast.mates],
        ),
    ),
    Row(
        method=f"{ENTRIES}/UseCoupons",
        given=_due,
        ask=_of_session(wire.UseCouponsRequest, count=0),
        **_OWN_ENTRY,
    ),
    Row(
        method=f"{ENTRIES}/SubmitReceipt",
        given=_due,
        ask=_of_session(wire.SubmitReceiptRequest, file_id="photo"),
        **_OWN_ENTRY,
    ),
    Row(
        method=f"{ENTRIES}/CountCoupons",
        may=EVERYBODY,
        about="his own",
        given=_due,
        ask=lambda cast, entered, who: wire.CountCouponsRequest(
            actor_id=cast.id(who), session_id=entered.session_id
        ),
    ),
    Row(
        method=f"{ENTRIES}/ListCoupons",
        may=frozenset({Who.PLAYER}),
        about="the player's",
        ask=lambda cast, _, who: wire.ListCouponsRequest(
            actor_id=cast.id(who), user_id=cast.id(Who.PLAYER)
        ),
    ),
    Row(
        method=f"{ENTRIES}/ListEntries",
        may=ITS_ORGANISER,
        about="with receipts",
        given=_entered,
        ask=lambda cast, entered, who: wire.ListEntriesRequest(
            actor_id=cast.id(who), session_id=entered.session_id
        ),
    ),
    Row(
        method=f"{ENTRIES}/GetEntry",
        may=ITS_ORGANISER,
        about="with its receipt",
        given=_entered,
        ask=lambda cast, entered, who: wire.GetEntryRequest(
            actor_id=cast.id(who), entry_id=entered.entry_id
        ),
    ),
    Row(
        method=f"{ENTRIES}/ListAwaiting",
        may=ORGANISERS,
        about="his own sessions",
        ask=lambda cast, _, who: wire.ListAwaitingRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{ENTRIES}/ApproveEntry",
        may=ITS_ORGANISER,
        given=_entered,
        ask=_of_entry(wire.ApproveEntryRequest),
    ),
    Row(
        method=f"{ENTRIES}/RejectEntry",
        may=ITS_ORGANISER,
        given=_entered,
        ask=_of_entry(wire.RejectEntryRequest, reason="Full"),
    ),
    Row(
        method=f"{ENTRIES}/SettleRefund",
        may=ITS_ORGANISER,
        given=_owed,
        anew=True,
        ask=lambda cast, entry, who: wire.SettleRefundRequest(
            write=cast.write(who), entry_id=entry
        ),
    ),
    Row(
        method=f"{ENTRIES}/MarkAttendance",
        may=ITS_ORGANISER,
        given=_entered,
        ask=lambda cast, entered, who: wire.MarkAttendanceRequest(
            write=cast.write(who),
            session_id=entered.session_id,
            user_id=cast.id(Who.PLAYER),
            attended=True,
        ),
    ),
]

PLAYED = [
    Row(
        method=f"{MATCHES}/StartSession",
        may=ITS_ORGANISER,
        given=_ready,
        ask=lambda cast, session, who: matches.StartSessionRequest(
            write=cast.write(who), session_id=session
        ),
    ),
    Row(
        method=f"{MATCHES}/AddMatch",
        may=ITS_ORGANISER,
        given=_playing,
        ask=_adding,
    ),
    Row(
        method=f"{MATCHES}/ScoreGoal",
        may=ITS_ORGANISER,
        given=_match,
        ask=lambda cast, match, who: matches.ScoreGoalRequest(
            write=cast.write(who), match_id=match.id, side_id=match.home_side_id
        ),
    ),
    Row(
        method=f"{MATCHES}/UndoGoal",
        may=ITS_ORGANISER,
        given=_match,
        ask=lambda cast, match, who: matches.UndoGoalRequest(
            write=cast.write(who), match_id=match.id
        ),
    ),
    Row(
        method=f"{MATCHES}/FinishMatch",
        may=ITS_ORGANISER,
        given=_match,
        ask=lambda cast, match, who: matches.FinishMatchRequest(
            write=cast.write(who), match_id=match.id
        ),
    ),
    Row(
        method=f"{MATCHES}/ReopenMatch",
        may=ITS_ORGANISER,
        given=_ended,
        ask=lambda cast, match, who: matches.ReopenMatchRequest(
            write=cast.write(who), match_id=match.id
        ),
    ),
    Row(
        method=f"{MATCHES}/FinishSession",
        may=ITS_ORGANISER,
        given=_playing,
        ask=lambda cast, evening, who: matches.FinishSessionRequest(
            write=cast.write(who), session_id=evening.session.id
        ),
    ),
    Row(
        method=f"{MATCHES}/ChooseManOfSession",
        may=ITS_ORGANISER,
        given=_finished,
        ask=lambda cast, evening, who: matches.ChooseManOfSessionRequest(
            write=cast.write(who),
            session_id=evening.session.id,
            user_id=cast.id(Who.PLAYER),
        ),
    ),
]

ROWS = [*ENTERED, *PLAYED]
MACHINES = machines(
    MATCHES, {"GetEvening": ["gateway"], "GetPlayer": ["gateway"], "ListLeaders": ["gateway"]}
)
