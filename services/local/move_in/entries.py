"""Old registrations with their payments as entries the import call takes; a reason where one has
to stay behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fotbot.sessions.v1 import payment_pb2, session_pb2
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedEntry

from services.local.move_in.evenings import PRICE, SQUAD
from services.local.move_in.old_bot import Row, number_of, text_of
from services.local.move_in.times import stamped

ALIVE = ("APPROVED", "PENDING")
LIVING = {
    "APPROVED": session_pb2.REGISTRATION_STATUS_CONFIRMED,
    "PENDING": session_pb2.REGISTRATION_STATUS_PENDING,
    "REJECTED": session_pb2.REGISTRATION_STATUS_REJECTED,
    "CANCELLED": session_pb2.REGISTRATION_STATUS_CANCELLED,
}
# With the kick-off, who was not let in is out.
PAST = {**LIVING, "PENDING": session_pb2.REGISTRATION_STATUS_CANCELLED}
HOLDING = (
    session_pb2.REGISTRATION_STATUS_CONFIRMED,
    session_pb2.REGISTRATION_STATUS_PENDING,
)
PAYMENT_PREFIX = "payment:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What came in of what a batch of rows speaks of, by legacy id."""

    users: Mapping[str, int]
    teams: Mapping[str, int]
    sessions: Mapping[str, int]


def reason_to_leave(row: Row, ids: Ids) -> str:
    """Empty when the row may come in."""
    if row["sessionId"] not in ids.sessions:
        return "SESSION_LEFT"
    if text_of(row, "status") not in LIVING:
        return "STATUS_UNKNOWN"
    if is_team(row) and row["teamId"] and row["teamId"] not in ids.teams:
        return "TEAM_LEFT"
    if not row["teamId" if is_team(row) else "userId"]:
        return "NOBODY"
    if not is_team(row) and row["userId"] not in ids.users:
        return "USER_LEFT"
    return "DUPLICATE" if row["rank"] > 1 and text_of(row, "status") in ALIVE else ""


def is_team(row: Row) -> bool:
    """Whether a team was registered, and not one person."""
    return text_of(row, "type") == "TEAM"


def holds(row: Row, *, is_coming: bool) -> bool:
    """Whether it has its places here."""
    status = (LIVING if is_coming else PAST)[text_of(row, "status")]
    return status in HOLDING


def entry(row: Row, ids: Ids, legacy_id: str, *, is_coming: bool) -> ImportedEntry:
    """The row as an entry, with its payment if that may come in."""
    whole = is_team(row)
    players = [ids.users[one] for one in row["players"] if one in ids.users]
    captain = ids.users.get(row["userId"] or "", 0)
    message = ImportedEntry(
        legacy_id=legacy_id,
        session_id=ids.sessions[row["sessionId"]],
        kind=(
            session_pb2.REGISTRATION_KIND_TEAM
            if whole
            else session_pb2.REGISTRATION_KIND_INDIVIDUAL
        ),
        user_id=captain or next(iter(players), 0),
        team_id=ids.teams[row["teamId"]] if whole else 0,
        player_ids=players if whole else (captain,),
        status=(LIVING if is_coming else PAST)[text_of(row, "status")],
        reason=text_of(row, "rejectionReason", 500),
    )
    if created_at := stamped(row.get("createdAt")):
        message.created_at.FromDatetime(created_at)
    paid = row["payment"]
    if paid and not payment_left(paid):
        message.payment.CopyFrom(payment(paid, message, used=row["used"], is_coming=is_coming))
        message.payment_legacy_id = PAYMENT_PREFIX + paid["id"]
        message.receipt_file_id = text_of(paid, "receiptFileId", 300)
    return message


def payment_left(paid: Row) -> str:
    """The reason to leave a payment whose entry comes in; empty when it may come too."""
    return "AMOUNT_INVALID" if number_of(paid, "amount") < 0 else ""


def payment(paid: Row, entry: ImportedEntry, *, used: int, is_coming: bool) -> payment_pb2.Payment:
    """As it stood. The old bot left payments pending when it turned their entries down."""
    amount = number_of(paid, "amount")
    places = SQUAD if entry.kind == session_pb2.REGISTRATION_KIND_TEAM else 1
    coupons = used or _coupons(text_of(paid, "method"), amount, places)
    return payment_pb2.Payment(
        amount=amount,
        coupons=_credible(coupons, amount, places),
        status=_status(paid, is_alive=entry.status in HOLDING, is_coming=is_coming),
    )


def _coupons(method: str, amount: int, places: int) -> int:
    """How many the method and the amount speak of, where no coupon names the entry."""
    return max(places - amount // PRICE, 0) if "COUPON" in method.upper() else 0


def _credible(coupons: int, amount: int, places: int) -> int:
    """So many as leave a whole price for each of the others; the money is believed before them."""
    paying = places - min(coupons, places)
    fits = amount % paying == 0 if paying else amount == 0
    return places - paying if fits else 0


def _status(paid: Row, *, is_alive: bool, is_coming: bool) -> payment_pb2.PaymentStatus.ValueType:
    told = text_of(paid, "status")
    shown = bool(paid.get("receiptFileId"))
    if told == "CONFIRMED":
        return payment_pb2.PAYMENT_STATUS_CONFIRMED if is_alive else payment_pb2.PAYMENT_STATUS_KEPT
    if told == "REFUNDED":
        return payment_pb2.PAYMENT_STATUS_REFUNDED
    if is_alive:
        submitted = shown and told == "PENDING"
        return payment_pb2.PAYMENT_STATUS_SUBMITTED if submitted else payment_pb2.PAYMENT_STATUS_DUE
    # Whose entry for a coming evening was turned down with a receipt shown is owed it back.
    owed = shown and told == "PENDING" and is_coming
    return payment_pb2.PAYMENT_STATUS_REFUND_DUE if owed else payment_pb2.PAYMENT_STATUS_VOID
