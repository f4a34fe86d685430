"""The scenes of what an organiser does besides opening and changing a session."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aiogram.filters.callback_data import CallbackData
from fotbot.common.v1.write_pb2 import WriteContext
from fotbot.sessions.v1 import entries_service_pb2 as entries
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.sessions.v1.session_pb2 import Session

from services.chassis.deadline import budget
from services.gateway.features.approvals.callbacks import (
    ApproveEntry,
    AskReason,
    ListAwaiting,
    MarkAttendance,
    OpenAttendance,
    OpenEntries,
    OpenEntry,
    SettleRefund,
)
from services.gateway.features.audit.callbacks import OpenAudit, OpenPeopleAudit
from services.gateway.features.by_day.callbacks import OpenOrganising, ShowDays
from services.gateway.features.settings.callbacks import ChoosePrice, EditSetting, OpenSettings
from services.gateway.texts import texts_for
from tests.e2e.league import CALL_SECONDS, IDS, Member
from tests.e2e.scenes.stage import Scene, Setting, World, as_admin

EN = texts_for("en")


SOON = timedelta(seconds=40)
"""Long enough to get in, and then out of the list of coming sessions, which others read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A player with a place in the admin's session, his receipt shown and not looked at."""

    member: Member
    session: Session
    entry_id: int


Of = Callable[[Entered], str | CallbackData]


def deciding(act: Of, *before: Of, left: bool = False, soon: bool = False) -> Setting:
    """The admin does something about an entry; `left` when the player has given it up, `soon`
    when the session is about to begin."""

    async def scene(world: World) -> Scene:
        entered = await _entered(world, soon=soon)
        if left:
            await _leaves(world, entered)
        done = as_admin(act(entered), *(earlier(entered) for earlier in before))
        return replace(await done(world), member=entered.member)

    return scene


async def _entered(world: World, *, soon: bool) -> Entered:
    starts = datetime.now(UTC).replace(microsecond=0) + SOON if soon else None
    member = await world.league.member()
    session = await world.league.session(capacity=5, starts=starts)
    with budget(CALL_SECONDS):
        await world.league.sessions.Register(
            sessions.RegisterRequest(write=_write(member), session_id=session.id)
        )
        shown = await world.league.entries.SubmitReceipt(
            entries.SubmitReceiptRequest(
                write=_write(member), session_id=session.id, file_id="photo-of-a-receipt"
            )
        )
    entry_id = shown.session.registration.entry_id
    return Entered(member=member, session=session, entry_id=entry_id)


async def _leaves(world: World, entered: Entered) -> None:
    with budget(CALL_SECONDS):
        await world.league.sessions.Leave(
            sessions.LeaveRequest(write=_write(entered.member), session_id=entered.session.id)
        )


def _write(actor: Member) -> WriteContext:
    return WriteContext(actor_id=actor.user_id, request_id=f"organising:{next(IDS)}")


def _reason(of: Entered) -> CallbackData:
    return AskReason(entry_id=of.entry_id)


def _settled(of: Entered) -> CallbackData:
    return SettleRefund(entry_id=of.entry_id, not_received=False)


def _came(of: Entered) -> CallbackData:
    return MarkAttendance(session_id=of.session.id, user_id=of.member.user_id, attended=True)


ORGANISING: dict[str, Setting] = {
    "by_day /admin": as_admin("/admin"),
    "by_day menu.organise": as_admin(EN("menu.organise")),
    "by_day dl": as_admin(ShowDays(span=-1)),
    "by_day do": deciding(lambda of: OpenOrganising(session_id=of.session.id)),
    "approvals ql": as_admin(ListAwaiting()),
    "approvals qs": deciding(lambda of: OpenEntries(session_id=of.session.id)),
    "approvals qe": deciding(lambda of: OpenEntry(entry_id=of.entry_id)),
    "approvals qy": deciding(lambda of: ApproveEntry(entry_id=of.entry_id)),
    "approvals qn": deciding(_reason),
    "approvals approvals.reason": deciding(lambda _: "The receipt is another's", _reason),
    "approvals qr": deciding(_settled, left=True),
    "approvals qa": deciding(lambda of: OpenAttendance(session_id=of.session.id)),
    "approvals qm": deciding(_came, soon=True),
    "settings go": as_admin(OpenSettings()),
    "settings gf": as_admin(EditSetting(field="payee")),
    "settings gp": as_admin(ChoosePrice(value="40000"), EditSetting(field="price")),
    "settings settings.payee": as_admin("Ali Valiyev", EditSetting(field="payee")),
    "settings settings.requisites": as_admin("8600 1234", EditSetting(field="requisites")),
    "settings settings.price": as_admin("40000", EditSetting(field="price")),
    "audit uo": as_admin(OpenAudit()),
    "audit up": as_admin(OpenPeopleAudit()),
}
