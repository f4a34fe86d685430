"""Organisers' settings and the audit, over real gRPC and Postgres."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from typing import Any

import pytest
from fotbot.common.v1.audit_pb2 import AuditEntry
from fotbot.sessions.v1 import league_service_pb2 as messages
from fotbot.users.v1 import user_pb2

from services.chassis.consistency import Position
from services.chassis.errors import RemoteRefusal
from services.sessions.domain.league import PaymentDetails, payment_details
from services.sessions.domain.values import SessionId, UserId
from services.sessions.storage.audit import Audit
from services.sessions.storage.league import SqlLeague
from tests.sessions.evening import ADMIN, ORGANISER, OTHER_ORGANISER, Evening

PLAYER = 5
NEW = itertools.count(970)


def organiser(evening: Evening) -> int:
    """One who has set nothing yet."""
    return evening.users.know(next(NEW), user_pb2.ROLE_ORGANISER)


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(RemoteRefusal) as caught:
        await call
    return caught.value.reason


async def set_(
    evening: Evening, actor: int, request_id: str = "", **fields: Any
) -> messages.OrganiserSettings:
    request = messages.EditOrganiserSettingsRequest(
        write=evening.write(actor, request_id), **fields
    )
    answer: messages.EditOrganiserSettingsResponse = await evening.league.EditOrganiserSettings(
        request
    )
    return answer.settings


async def own(evening: Evening, actor: int) -> messages.OrganiserSettings:
    request = messages.GetOrganiserSettingsRequest(actor_id=actor)
    answer: messages.GetOrganiserSettingsResponse = await evening.league.GetOrganiserSettings(
        request
    )
    return answer.settings


async def details(evening: Evening, session_id: int) -> messages.PaymentDetails:
    request = messages.GetPaymentDetailsRequest(session_id=session_id)
    answer: messages.GetPaymentDetailsResponse = await evening.league.GetPaymentDetails(request)
    return answer.details


async def done(evening: Evening, actor: int, session_id: int = 0, **page: int) -> list[AuditEntry]:
    request = messages.ListAuditRequest(actor_id=actor, session_id=session_id, **page)
    answer: messages.ListAuditResponse = await evening.league.ListAudit(request)
    return list(answer.entries)


async def test_nothing_is_set_at_first_and_the_price_is_the_usual_one(evening: Evening) -> None:
    settings = await own(evening, organiser(evening))
    assert settings == messages.OrganiserSettings(
        details=messages.PaymentDetails(), default_price=40_000
    )


async def test_one_thing_is_changed_at_a_time_and_read_at_once(evening: Evening) -> None:
    actor = organiser(evening)
    await set_(evening, actor, payee=" Ali\u202e  Valiyev ")
    await set_(evening, actor, requisites=" 8600 1234\n\n\tHumo 9860\u0000 ")
    after = await set_(evening, actor, default_price=0)
    expected = messages.PaymentDetails(payee="Ali Valiyev", requisites="8600 1234\nHumo 9860")
    assert after == messages.OrganiserSettings(details=expected, default_price=0)
    assert await own(evening, actor) == after


async def test_two_edits_at_once_both_hold(evening: Evening) -> None:
    actor = organiser(evening)
    await asyncio.gather(set_(evening, actor, payee="Ali"), set_(evening, actor, requisites="8600"))
    assert (await own(evening, actor)).details == messages.PaymentDetails(
        payee="Ali", requisites="8600"
    )


async def test_a_repeated_edit_answers_the_first_outcome(evening: Evening) -> None:
    actor = organiser(evening)
    first = await set_(evening, actor, f"repeat:{actor}", payee="Ali")
    await set_(evening, actor, payee="Vali")
    assert await set_(evening, actor, f"repeat:{actor}", payee="Ali") == first
    assert (await own(evening, actor)).details.payee == "Vali"


async def test_money_goes_to_the_organiser_once_he_has_said_where(evening: Evening) -> None:
    actor = organiser(evening)
    session = await evening.open(write=evening.write(actor))
    assert await details(evening, session.id) == messages.PaymentDetails()
    await set_(evening, actor, payee="Ali")
    assert (await details(evening, session.id)).payee == ""
    await set_(evening, actor, requisites="8600")
    assert await details(evening, session.id) == messages.PaymentDetails(
        payee="Ali", requisites="8600"
    )


async def test_money_goes_to_the_league_until_then(evening: Evening) -> None:
    session = await evening.open(write=evening.write(organiser(evening)))
    leagues_own = PaymentDetails(payee="League", requisites="4444")
    async with evening.database.read_primary() as transaction:
        found = await payment_details(SqlLeague(transaction), SessionId(session.id), leagues_own)
    assert found == leagues_own


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"payee": ""}, "PAYEE_INVALID"),
        ({"payee": " \u200b\n"}, "PAYEE_INVALID"),
        ({"payee": "x" * 65}, "PAYEE_INVALID"),
        ({"requisites": ""}, "REQUISITES_INVALID"),
        ({"requisites": "\n\n"}, "REQUISITES_INVALID"),
        ({"requisites": "x" * 301}, "REQUISITES_INVALID"),
        ({"requisites": "x\n" * 200}, "REQUISITES_INVALID"),
        ({"default_price": -1}, "PRICE_INVALID"),
        ({"default_price": 10_000_001}, "PRICE_INVALID"),
    ],
)
async def test_what_cannot_be_set_is_refused_and_nothing_changes(
    evening: Evening, fields: dict[str, Any], reason: str
) -> None:
    actor = organiser(evening)
    good: dict[str, Any] = {"payee": "Ali", "requisites": "8600", "default_price": 1} | fields
    assert await refused(set_(evening, actor, **good)) == reason
    assert (await own(evening, actor)).default_price == 40_000


async def test_the_longest_that_fits_is_taken(evening: Evening) -> None:
    family = "👨‍👩‍👧‍👦"
    settings = await set_(evening, organiser(evening), payee=family * 64, requisites=family * 300)
    assert settings.details.payee == family * 64
    assert settings.details.requisites == family * 300


async def test_players_have_no_settings(evening: Evening) -> None:
    assert await refused(own(evening, PLAYER)) == "NOT_ALLOWED"
    assert await refused(own(evening, 0)) == "NOT_ALLOWED"
    assert await refused(set_(evening, PLAYER, payee="Me")) == "NOT_ALLOWED"


@pytest.mark.parametrize("session_id", [0, -1, 2**62])
async def test_a_session_that_is_not_there_has_no_details(
    evening: Evening, session_id: int
) -> None:
    assert await refused(details(evening, session_id)) == "SESSION_NOT_FOUND"


async def record(evening: Evening, count: int, session_id: int) -> None:
    async def seen_by_reads(position: Position) -> None:
        evening.league.written["sessions"] = position

    async with evening.database.write() as transaction:
        transaction.after_commit(seen_by_reads)
        for number in range(count):
            await Audit(transaction).record(
                UserId(ORGANISER),
                "entry.approve",
                session_id=SessionId(session_id),
                subject_id=UserId(PLAYER),
                note=f"n{number}",
            )


async def test_what_was_done_in_a_session_is_told_the_newest_first(evening: Evening) -> None:
    session, other = await evening.open(), await evening.open()
    await record(evening, 2, session.id)
    await record(evening, 1, other.id)
    newest, before, *_ = await done(evening, ORGANISER, session.id)
    assert (newest.note, before.note) == ("n1", "n0")
    assert newest.id > before.id and newest.at.seconds > 0
    assert (newest.actor_id, newest.action) == (ORGANISER, "entry.approve")
    assert (newest.session_id, newest.subject_id) == (session.id, PLAYER)


async def test_pages_of_the_audit_follow_each_other(evening: Evening) -> None:
    session = await evening.open()
    await record(evening, 5, session.id)
    first = await done(evening, ORGANISER, session.id, page_size=2)
    second = await done(evening, ORGANISER, session.id, page_size=2, before_id=first[-1].id)
    assert [entry.note for entry in [*first, *second]] == ["n4", "n3", "n2", "n1"]
    assert len(await done(evening, ORGANISER, session.id, page_size=1000)) >= 5


async def test_a_change_of_settings_is_written_down_without_what_was_typed(
    evening: Evening,
) -> None:
    actor = organiser(evening)
    await set_(evening, actor, payee="Secret", default_price=5)
    entry = (await done(evening, ADMIN))[0]
    assert (entry.actor_id, entry.action) == (actor, "settings.edit")
    assert (entry.note, entry.session_id) == ("payee, default_price", 0)


async def test_the_audit_is_for_who_runs_the_session_and_for_admins(evening: Evening) -> None:
    session = await evening.open()
    await record(evening, 1, session.id)
    assert await refused(done(evening, PLAYER, session.id)) == "NOT_ALLOWED"
    assert await refused(done(evening, OTHER_ORGANISER, session.id)) == "NOT_ALLOWED"
    assert await refused(done(evening, ORGANISER)) == "NOT_ALLOWED"
    assert await refused(done(evening, ORGANISER, 2**62)) == "SESSION_NOT_FOUND"
    assert await done(evening, ADMIN, session.id) and await done(evening, ADMIN)
