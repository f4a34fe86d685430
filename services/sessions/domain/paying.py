"""What people do about the money of their entries: coupons, receipts."""

from msgspec.structs import replace

from services.sessions.domain import money, notices
from services.sessions.domain.entries import Coupon, Entry, Locked, SessionView, Step
from services.sessions.domain.money import Action, Payment
from services.sessions.domain.places import locked_session, must_have_made
from services.sessions.domain.ports import Store
from services.sessions.domain.refusals import CouponsTooFew, NoEntry, ReceiptInvalid
from services.sessions.domain.values import Session, SessionId, UserId

MAX_FILE_ID = 512


async def use_coupons(
    store: Store, user_id: UserId, session_id: SessionId, count: int
) -> SessionView:
    """So many coupons of the entry's players, the oldest first, in place of those used so far.

    Raises SessionNotFound, NoEntry, CaptainsBusiness, PaymentNotDue, CouponsTooFew.
    """
    locked, entry = await _own_entry(store, user_id, session_id)
    if entry.payment and entry.payment.coupons == count:
        return SessionView(session=locked.session, viewer=user_id, entry=entry)
    payment = money.with_coupons(entry.payment, entry.price, entry.places, count)
    usable = await store.coupons(entry)
    _must_be_enough(usable, entry, count)
    await store.free_coupons([entry.id])
    await store.take_coupons(usable[:count], entry.id)
    return await _paid(store, locked.session, entry, payment, Action.COUPONS)


async def submit_receipt(
    store: Store, user_id: UserId, session_id: SessionId, file_id: str
) -> SessionView:
    """The photo of a receipt is shown to the organiser.

    Raises ReceiptInvalid, SessionNotFound, NoEntry, CaptainsBusiness, PaymentNotDue.
    """
    if not 0 < len(file_id) <= MAX_FILE_ID or not (file_id.isascii() and file_id.isprintable()):
        raise ReceiptInvalid("not a file id")
    locked, entry = await _own_entry(store, user_id, session_id)
    payment = money.shown(entry.payment, file_id)
    return await _paid(store, locked.session, entry, payment, Action.RECEIPT)


async def _own_entry(store: Store, user_id: UserId, session_id: SessionId) -> tuple[Locked, Entry]:
    locked = await locked_session(store, session_id, user_id)
    if locked.entry is None:
        raise NoEntry(f"user {user_id} is not in session {session_id}")
    must_have_made(locked.entry, user_id)
    return locked, locked.entry


async def _paid(
    store: Store, before: Session, entry: Entry, payment: Payment, action: Action
) -> SessionView:
    """The payment is kept, and the organiser told if it is his turn now."""
    session, changed = before.changed(), replace(entry, payment=payment)
    actor = entry.user_id
    steps = [Step(entry_id=entry.id, actor_id=actor, action=action, payment=payment)]
    if action is Action.COUPONS and not payment.is_open:
        confirmed = Action.CONFIRMED
        steps.append(Step(entry_id=entry.id, actor_id=actor, action=confirmed, payment=payment))
    await store.pay(steps)
    await store.save_session(session)
    await store.tell(notices.decision_due(session, [changed]))
    return SessionView(session=session, viewer=actor, entry=changed)


def _must_be_enough(usable: list[Coupon], entry: Entry, count: int) -> None:
    most = min(len(usable), entry.places)
    if not 0 <= count <= most:
        raise CouponsTooFew(f"{count} of {most}", usable=most)
