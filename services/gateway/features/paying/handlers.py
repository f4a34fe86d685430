"""Leads a player through paying: coupons by buttons, the receipt as a photo.

The step that waits for the photo ends as soon as nothing is to be paid any more. A photo that
nobody waited for is in stray.py.
"""

from fotbot.sessions.v1 import entries_service_pb2, league_service_pb2
from fotbot.sessions.v1.sessions_service_pb2 import SessionView

from services.chassis.errors import RemoteRefusal
from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Said
from services.gateway.features.names import names
from services.gateway.features.paying import screens
from services.gateway.features.paying.callbacks import OpenPaying, PayWithCoupons
from services.gateway.features.paying.screens import Bill
from services.gateway.features.sessions import payments
from services.gateway.features.sessions.card import present
from services.gateway.features.sessions.handlers import look
from services.gateway.texts import Html

NAME = "paying"
MENDED = frozenset({"CAPTAINS_BUSINESS", "COUPONS_TOO_FEW", "NO_ENTRY", "PAYMENT_NOT_DUE"})
"""Refusals after which a look at how things are now says the rest."""


async def opened(call: Call, data: OpenPaying) -> Answer:
    return await _ask(call, await look(call, data.session_id))


async def used_coupons(call: Call, data: PayWithCoupons) -> Answer:
    request = entries_service_pb2.UseCouponsRequest(
        write=call.write(0), session_id=data.session_id, count=data.count
    )
    try:
        view = (await call.services.entries.UseCoupons(request)).session
    except RemoteRefusal as refusal:
        return await _refused(call, data.session_id, refusal)
    if not payments.is_payable(view):
        screen = await present(call, view)
        return Answer(screen=screen, toast=call.texts.toast("pay.covered"), conversation=ENDED)
    return await _ask(call, view)


async def received(call: Call, said: Said) -> Answer:
    """At the step that waits for the photo."""
    session_id = int(call.conversation.data["session"]) if call.conversation else 0
    if said.photo is None:
        view = await look(call, session_id)
        due = payments.is_payable(view)
        return await _ask(call, view, call.texts("pay.photo_due") if due else "")
    return await submitted(call, session_id, said.photo)


async def submitted(call: Call, session_id: int, photo: str) -> Answer:
    """Shows the receipt to the organiser; that was all."""
    request = entries_service_pb2.SubmitReceiptRequest(
        write=call.write(0), session_id=session_id, file_id=photo
    )
    try:
        view = (await call.services.entries.SubmitReceipt(request)).session
    except RemoteRefusal as refusal:
        return await _refused(call, session_id, refusal)
    screen = await present(call, view, call.texts("pay.submitted"))
    return Answer(screen=screen, conversation=ENDED)


async def _refused(call: Call, session_id: int, refusal: RemoteRefusal) -> Answer:
    """What is there now, under the reason; raises a refusal of another kind."""
    if refusal.reason not in MENDED:
        raise refusal
    view = await look(call, session_id)
    return await _ask(call, view, call.texts.refusal(refusal.reason))


async def _ask(call: Call, view: SessionView, problem: str = "") -> Answer:
    """The bill, and the photo is awaited from now on; where there is nothing to pay, the card."""
    if not payments.is_payable(view):
        note = problem or call.texts("pay.nothing")
        return Answer(screen=await present(call, view, note), conversation=ENDED)
    screen = screens.bill(await _bill(call, view), call.texts, Html(problem))
    waiting = Conversation(name=NAME, step="receipt", data={"session": str(view.session.id)})
    return Answer(screen=screen, conversation=waiting)


async def _bill(call: Call, view: SessionView) -> Bill:
    session = view.session
    details = await call.services.league.GetPaymentDetails(
        league_service_pb2.GetPaymentDetailsRequest(session_id=session.id)
    )
    coupons = await call.services.entries.CountCoupons(
        entries_service_pb2.CountCouponsRequest(actor_id=call.person.user_id, session_id=session.id)
    )
    organiser = ""
    if not details.details.requisites:
        organiser = (await names(call, [session.organiser_id]))[session.organiser_id]
    return Bill(view=view, details=details.details, usable=coupons.usable, organiser=organiser)
