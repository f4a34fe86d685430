"""How single old rows are read: times, people, money, addresses, and how rows are parcelled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fotbot.sessions.v1 import payment_pb2, session_pb2
from fotbot.sessions.v1.sessions_import_service_pb2 import ImportedMatch, ImportedMatchFigures
from fotbot.users.v1 import user_pb2
from fotbot.users.v1.users_import_service_pb2 import ImportedUser

from services.local.move_in import entries, evenings, people
from services.local.move_in.handing_over import parts
from services.local.move_in.old_bot import NotTheOldBot, without_prismas
from services.local.move_in.report import Report, Tally
from services.local.move_in.times import Clock, stamped

TASHKENT = ZoneInfo("Asia/Tashkent")
WALL = Clock(zone=TASHKENT)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_typed_time_is_the_venues_wall_clock_unless_told_otherwise() -> None:
    assert WALL.typed("2026-05-01T20:00:00") == datetime(2026, 5, 1, 15, tzinfo=UTC)
    utc = Clock(zone=TASHKENT, reading="utc")
    assert utc.typed("2026-05-01T20:00:00") == datetime(2026, 5, 1, 20, tzinfo=UTC)


def test_a_rows_stamp_is_utc() -> None:
    assert stamped("2026-05-01T20:00:00.5") == datetime(2026, 5, 1, 20, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "infinity", "-infinity", "0044-03-15T00:00:00 BC"])
def test_what_is_no_time_is_none(text: object) -> None:
    assert WALL.typed(text) is None
    assert stamped(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_an_evening_beyond_all_evenings_has_no_time(text: str) -> None:
    assert WALL.typed(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("70000001", 70000001),
        ("placeholder-7", 0),
        ("", 0),
        ("0123", 0),
        ("-100123", 0),
        ("12.5", 0),
        ("٣٤", 0),
        ("9" * 19, 0),
        ("9" * 30, 0),
    ],
)
def test_only_a_number_is_a_telegram_account(text: str, number: int) -> None:
    assert people.telegram_id(text) == number


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("901234567", "+998901234567"),
        ("90 123-45-67", "+998901234567"),
        ("998901234567", "998901234567"),
        ("+7 912 345 67 89", "+7 912 345 67 89"),
        ("yo'q", "yo'q"),
    ],
)
def test_nine_digits_are_a_number_of_this_country(text: str, phone: str) -> None:
    assert people.phone(text) == phone


def test_a_row_of_junk_is_still_a_person() -> None:
    row = {
        "id": "c1",
        "telegramId": None,
        "firstName": None,
        "language": 7,
        "age": "old",
        "position": [],
        "preferredNumber": 1e40,
        "createdAt": "yesterday",
    }
    user = people.user(row)
    assert (user.legacy_id, user.telegram_id, user.name, user.language) == ("c1", 0, "", 0)
    assert not user.HasField("created_at")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("GK", user_pb2.POSITION_GOALKEEPER),
        ("Himoyachi", user_pb2.POSITION_DEFENDER),
        ("полузащитник", user_pb2.POSITION_MIDFIELDER),
        ("forward", user_pb2.POSITION_FORWARD),
        ("???", user_pb2.POSITION_UNSPECIFIED),
    ],
)
def test_positions_were_words(text: str, position: int) -> None:
    assert people.position(text) == position


@pytest.mark.parametrize(
    ("ends", "hours"),
    [
        (None, 2),
        ("2026-05-01T21:30:00", 1.5),
        ("2026-05-01T01:00:00", 5),
        ("2026-05-01T20:00:00", 2),
        ("2026-05-09T20:00:00", 2),
    ],
)
def test_an_evening_ends_as_told_or_past_midnight_or_in_two_hours(
    ends: str | None, hours: float
) -> None:
    row = {"startAt": "2026-05-01T20:00:00", "endAt": ends, "status": "FINISHED"}
    time = evenings.when(row, WALL, NOW)
    assert time is not None
    assert (time.ends_at - time.starts_at).total_seconds() == hours * 3600


@pytest.mark.parametrize(
    ("start", "told", "has_matches", "status"),
    [
        ("2026-05-01", "FINISHED", False, session_pb2.SESSION_STATUS_FINISHED),
        ("2026-05-01", "STARTED", False, session_pb2.SESSION_STATUS_FINISHED),
        ("2026-05-01", "PLANNED", True, session_pb2.SESSION_STATUS_FINISHED),
        ("2026-05-01", "PLANNED", False, session_pb2.SESSION_STATUS_PLANNED),
        ("2026-07-01", "PLANNED", False, session_pb2.SESSION_STATUS_PLANNED),
        ("2026-07-01", "STARTED", False, session_pb2.SESSION_STATUS_STARTED),
        ("2026-05-01", "", False, session_pb2.SESSION_STATUS_FINISHED),
        ("2026-07-01", "", False, session_pb2.SESSION_STATUS_PLANNED),
    ],
)
def test_nobody_stopped_some_evenings_and_some_were_played_unstarted(
    start: str, told: str, has_matches: bool, status: int
) -> None:
    row = {"startAt": f"{start}T20:00:00", "status": told, "has_matches": has_matches}
    time = evenings.when(row, WALL, NOW)
    assert time is not None
    assert time.status == status


@pytest.mark.parametrize(
    ("entry", "paid", "receipt", "is_coming", "status"),
    [
        ("APPROVED", "CONFIRMED", None, True, payment_pb2.PAYMENT_STATUS_CONFIRMED),
        ("REJECTED", "CONFIRMED", None, True, payment_pb2.PAYMENT_STATUS_KEPT),
        ("PENDING", "PENDING", "photo", True, payment_pb2.PAYMENT_STATUS_SUBMITTED),
        ("PENDING", "PENDING", None, True, payment_pb2.PAYMENT_STATUS_DUE),
        ("PENDING", "PENDING", "photo", False, payment_pb2.PAYMENT_STATUS_VOID),
        ("REJECTED", "PENDING", "photo", True, payment_pb2.PAYMENT_STATUS_REFUND_DUE),
        ("REJECTED", "PENDING", None, True, payment_pb2.PAYMENT_STATUS_VOID),
        ("CANCELLED", "FAILED", "photo", True, payment_pb2.PAYMENT_STATUS_VOID),
        ("APPROVED", "FAILED", "photo", True, payment_pb2.PAYMENT_STATUS_DUE),
        ("APPROVED", "REFUNDED", None, False, payment_pb2.PAYMENT_STATUS_REFUNDED),
    ],
)
def test_a_payment_stands_where_its_entry_leaves_it(
    entry: str, paid: str, receipt: str | None, is_coming: bool, status: int
) -> None:
    row = registration(status=entry, payment=payment(status=paid, receiptFileId=receipt))
    message = entries.entry(row, ids(), "r1", is_coming=is_coming)
    assert message.payment.status == status


@pytest.mark.parametrize(
    ("method", "used", "amount", "coupons"),
    [
        ("COUPON", 1, 0, 1),
        ("COUPON", 0, 0, 1),
        ("MANUAL", 0, 0, 0),
        ("COUPON+MANUAL", 0, 40_000, 0),
        ("COUPON", 3, 40_000, 0),
        ("naqd", 0, 40_000, 0),
    ],
)
def test_coupons_are_believed_as_far_as_the_money_leaves_room(
    method: str, used: int, amount: int, coupons: int
) -> None:
    row = registration(used=used, payment=payment(method=method, amount=amount))
    assert entries.entry(row, ids(), "r1", is_coming=True).payment.coupons == coupons


def test_prismas_own_words_leave_the_address_and_its_schema_is_kept() -> None:
    url = "postgres://me:p%40ss@db.example:5432/bot?schema=old&connection_limit=5&sslmode=require"
    address, schema = without_prismas(url)
    assert address == "postgres://me:p%40ss@db.example:5432/bot?sslmode=require"
    assert schema == "old"


def test_another_database_is_refused() -> None:
    with pytest.raises(NotTheOldBot):
        without_prismas("mysql://me@db.example/bot")


def test_no_call_has_more_than_a_thousand_rows_those_within_rows_counted() -> None:
    match = ImportedMatch(figures=[ImportedMatchFigures()] * 9)
    assert [len(part) for part in parts([match] * 250)] == [100, 100, 50]


def test_no_call_is_too_long_for_the_server() -> None:
    user = ImportedUser(name="x" * 100_000)
    assert [len(part) for part in parts([user] * 20)] == [8, 8, 4]


def test_a_row_that_is_told_of_twice_or_never_does_not_add_up() -> None:
    assert Tally(found=3, moved=1, already_there=1, left=1).adds_up
    assert not Tally(found=3, moved=3, left=1).adds_up
    report = Report()
    report.money_confirmed.old = 1
    assert not report.adds_up


def ids() -> entries.Ids:
    return entries.Ids(users={"u1": 1}, teams={}, sessions={"s1": 1})


def registration(**told: Any) -> dict[str, Any]:
    row = {"id": "r1", "sessionId": "s1", "userId": "u1", "teamId": None, "type": "INDIVIDUAL"}
    plain = {"status": "PENDING", "players": [], "used": 0, "rank": 1, "payment": None}
    return {**row, **plain, **told}


def payment(**told: Any) -> dict[str, Any]:
    return {"id": "p1", "amount": 40_000, "method": "MANUAL", "status": "PENDING", **told}
