"""Everything that people, organisers and workers ask for often, asked once, so that the server's
log holds every hot statement with values that make sense."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from fotbot.common.v1.batch_pb2 import ItemContext
from fotbot.sessions.v1 import entries_service_pb2 as entries
from fotbot.sessions.v1 import league_service_pb2 as league_messages
from fotbot.sessions.v1 import matches_service_pb2 as matches
from fotbot.sessions.v1 import sessions_service_pb2 as sessions
from fotbot.teams.v1 import sides_service_pb2, teams_service_pb2
from fotbot.users.v1 import user_pb2, users_service_pb2

from services.chassis.db import Database
from services.chassis.jobs import Job, Jobs, Worker
from services.chassis.once import Once
from services.chassis.setting_groups import StoreSettings
from services.gateway.sender.kinds import Rank
from services.gateway.sender.notices import NewNotice, NoticeId, State
from services.gateway.sender.storage.notices import SqlNotices
from services.sessions.reminding import remind
from tests.sessions.evening import ADMIN, ORGANISER, Evening, at
from tests.teams.league import League
from tests.users.town import ADMIN_ACCOUNT, Town

PLAYER = 42
CROWD = range(100, 140)
LEASE = timedelta(seconds=30)


async def evenings(evening: Evening, past: int) -> None:
    """`past`: an evening that is over."""
    opened = await evening.open(capacity=20)
    await _rush(evening, (await evening.open(capacity=20)).id)
    for user_id in (PLAYER, PLAYER + 1, PLAYER + 2):
        await evening.register(user_id, opened.id)
    await evening.leave(PLAYER + 1, opened.id)
    await evening.show_receipt(PLAYER, opened.id)
    await evening.give_coupons(PLAYER + 2)
    await evening.use_coupons(PLAYER + 2, opened.id, 1)
    for session_id in (opened.id, past):
        await evening.card(session_id, PLAYER)
    await _lists(evening, opened.id)
    await _organised(evening, opened.id)
    await _played(evening, past)
    await remind(evening.database, timedelta(hours=30))
    await Once(evening.database).sweep()


async def _rush(evening: Evening, session_id: int) -> None:
    items = [
        sessions.BatchRegisterRequestItem(
            context=ItemContext(),
            request=sessions.RegisterRequest(write=evening.write(user), session_id=session_id),
        )
        for user in CROWD
    ]
    await evening.stub.BatchRegister(sessions.BatchRegisterRequest(items=items))
    leaving = [
        sessions.BatchLeaveRequestItem(
            context=ItemContext(),
            request=sessions.LeaveRequest(write=evening.write(user), session_id=session_id),
        )
        for user in CROWD[:3]
    ]
    await evening.stub.BatchLeave(sessions.BatchLeaveRequest(items=leaving))


async def _lists(evening: Evening, session_id: int) -> None:
    stub = evening.stub
    first = await stub.ListSessions(sessions.ListSessionsRequest(viewer_id=PLAYER, page_size=5))
    await stub.ListSessions(
        sessions.ListSessionsRequest(
            viewer_id=PLAYER, page_size=5, page_token=first.next_page_token
        )
    )
    await stub.ListMySessions(sessions.ListMySessionsRequest(viewer_id=PLAYER))
    for days in (-30, 0):
        await stub.ListAllSessions(
            sessions.ListAllSessionsRequest(
                actor_id=ORGANISER, since=at(24 * days), until=at(24 * days + 24), page_size=10
            )
        )
    await stub.ListVenues(sessions.ListVenuesRequest(page_size=10))
    await evening.edit(session_id, registration_opens_at=at(2))
    span = {"opens_after": at(0), "opens_before": at(3)}
    page = await stub.ListOpenings(sessions.ListOpeningsRequest(page_size=1, **span))
    assert page.openings[0].session_id == session_id
    await evening.edit(session_id, registration_opens_at=at(0))


async def _organised(evening: Evening, session_id: int) -> None:
    listed = await evening.entries.ListEntries(
        entries.ListEntriesRequest(actor_id=ORGANISER, session_id=session_id, page_size=5)
    )
    for awaiting in (True, False):
        await evening.entries.ListEntries(
            entries.ListEntriesRequest(
                actor_id=ORGANISER,
                session_id=session_id,
                page_size=5,
                page_token="" if awaiting else listed.next_page_token,
                awaiting=awaiting,
            )
        )
    for actor in (ORGANISER, ADMIN):
        await evening.entries.ListAwaiting(entries.ListAwaitingRequest(actor_id=actor))
    await evening.entry(listed.entries[0].id)
    await evening.approve(listed.entries[0].id)
    await evening.coupons(PLAYER)
    count = entries.CountCouponsRequest(actor_id=PLAYER, session_id=session_id)
    await evening.entries.CountCoupons(count)
    await evening.edit(session_id, price=20_000)
    for about in (0, session_id):
        await evening.league.ListAudit(
            league_messages.ListAuditRequest(actor_id=ADMIN, session_id=about, before_id=10**9)
        )
    await evening.league.CountAudience(
        league_messages.CountAudienceRequest(actor_id=ADMIN, session_id=session_id)
    )


async def _played(evening: Evening, past: int) -> None:
    await evening.matches.GetEvening(matches.GetEveningRequest(session_id=past))
    await evening.matches.GetPlayer(matches.GetPlayerRequest(user_id=PLAYER))
    for order in matches.LeaderOrder.values()[1:]:
        first = await evening.matches.ListLeaders(
            matches.ListLeadersRequest(order=order, page_size=10)
        )
        await evening.matches.ListLeaders(
            matches.ListLeadersRequest(order=order, page_size=10, page_token=first.next_page_token)
        )


async def people(town: Town) -> None:
    """Known ones and strangers."""
    stub = town.stub
    admin = await town.seen(ADMIN_ACCOUNT)
    known = await town.seen(1_000_000 + PLAYER)
    stranger = await town.seen(777_000_001)
    await town.name(stranger.id, "Somebody New")
    await town.phone(stranger, "+998777000001")
    context = ItemContext()
    ensured = [
        users_service_pb2.BatchEnsureUsersRequestItem(
            context=context,
            request=users_service_pb2.EnsureUserRequest(telegram_id=1_000_000 + number),
        )
        for number in CROWD
    ]
    await stub.BatchEnsureUsers(users_service_pb2.BatchEnsureUsersRequest(items=ensured))
    roles = [
        users_service_pb2.BatchGetRolesRequestItem(
            context=context, request=users_service_pb2.GetRoleRequest(user_id=number)
        )
        for number in CROWD
    ]
    await stub.BatchGetRoles(users_service_pb2.BatchGetRolesRequest(items=roles))
    await town.role(known.id)
    await town.names(known.id, admin.id)
    for request in (
        users_service_pb2.ListRecipientsRequest(user_ids=[known.id]),
        users_service_pb2.FindPeopleRequest(actor_id=admin.id, name_prefix="Player 77"),
        users_service_pb2.ListOrganisersRequest(actor_id=admin.id),
        users_service_pb2.ListMovesRequest(actor_id=admin.id),
        users_service_pb2.ListReachableRequest(after_id=10_000, page_size=100),
        users_service_pb2.ListAuditRequest(actor_id=admin.id),
        users_service_pb2.SetReachableRequest(telegram_id=known.telegram_id, reachable=True),
    ):
        method = type(request).__name__.removesuffix("Request")
        await getattr(stub, method)(request)
    appointed: Awaitable[user_pb2.Person] = town.appoint(admin.id, known.id)
    await appointed
    await Once(town.database).sweep()


async def squads(league: League, past: int) -> None:
    """`past`: an evening whose sides are kept."""
    captain, other = 900_001, 900_002
    team = await league.team(captain)
    await league.join(other, await league.link(team))
    await league.mine(other)
    await league.seen(other, team.id)
    await league.leave(other, team.id)
    await league.sides.ListSides(sides_service_pb2.ListSidesRequest(session_id=past))
    await league.stub.GetTeam(teams_service_pb2.GetTeamRequest(viewer_id=7, team_id=7))


async def notices(database: Database) -> None:
    """As the sender takes them in and hands them out."""
    new = [
        NewNotice(
            notice_id=NoticeId(f"hot:{user_id}"),
            user_id=user_id,
            kind="promoted",
            payload=b"",
            traceparent="",
        )
        for user_id in CROWD
    ]
    async with database.write() as transaction:
        store = SqlNotices(transaction)
        await store.add(new)
        for rank in Rank:
            claims = await store.claim(10, LEASE, rank)
            await store.end([claim.notice_id for claim in claims], State.SENT, "ok")
        await store.wake(100)
        await store.tally("nobody's")


async def jobs(database: Database, settings: StoreSettings) -> None:
    """One is enqueued and done."""
    done = asyncio.Event()

    async def do(job: Job) -> None:
        done.set()

    async with database.write() as transaction:
        await Jobs().enqueue(transaction, "hot", [b"now"])
    stopping = asyncio.Event()
    working = asyncio.create_task(Worker(settings, "sessions", {"hot": do}).run(stopping))
    async with asyncio.timeout(20):
        await done.wait()
    stopping.set()
    await working
