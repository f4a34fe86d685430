"""Lists and cards for many viewers in one call: each sees what a call of his own would show."""

from __future__ import annotations

from typing import Any

from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.local.stores.postgres import PostgresPair
from tests.sessions.evening import Evening, at

NOWHERE = 10**15


async def lists(evening: Evening, *asked: messages.ListSessionsRequest) -> list[Any]:
    batch = messages.BatchListSessionsRequest()
    for request in asked:
        batch.items.add(request=request)
    return list((await evening.stub.BatchListSessions(batch)).items)


async def shared_lists(evening: Evening, *asked: messages.ListSessionsRequest) -> list[Any]:
    """As a caller reads them who takes what items share once."""
    batch = messages.BatchListSessionsRequest(share=True)
    for request in asked:
        batch.items.add(request=request)
    answer = await evening.stub.BatchListSessions(batch)
    assert len(answer.shared) < len(asked)
    read = list(map(messages.ListSessionsResponse.FromString, answer.shared))
    return [read[item.shared] for item in answer.items]


async def cards(evening: Evening, *asked: messages.GetSessionRequest) -> list[Any]:
    batch = messages.BatchGetSessionsRequest()
    for request in asked:
        batch.items.add(request=request)
    return list((await evening.stub.BatchGetSessions(batch)).items)


async def test_everybody_sees_the_list_with_his_own_entries(
    evening: Evening, postgres: PostgresPair
) -> None:
    sessions = [await evening.open(starts_at=at(0.1 + n), ends_at=at(0.5 + n)) for n in range(3)]
    evening.teams.know(41, range(41, 48), team_id=9)
    await evening.register(1, sessions[0].id)
    await evening.register(2, sessions[1].id)
    await evening.register_team(41, sessions[2].id, 9, range(41, 48))
    await postgres.catch_up()
    asked = [
        messages.ListSessionsRequest(viewer_id=viewer, page_size=size)
        for viewer in (1, 2, 3, 42, 3)
        for size in (0, 2)
    ]
    items = await lists(evening, *asked)
    alone = [await evening.stub.ListSessions(request) for request in asked]
    assert [item.response for item in items] == alone
    assert await shared_lists(evening, *asked) == alone
    ours = {session.id for session in sessions}
    shown = [
        [view.HasField("registration") for view in one.sessions if view.session.id in ours]
        for one in alone[::2]
    ]
    nobody = [False] * 3
    assert shown == [
        [True, *nobody[1:]],
        [False, True, False],
        nobody,
        [False, False, True],
        nobody,
    ]


async def test_everybody_sees_the_cards_with_his_own_entry(evening: Evening) -> None:
    sessions = [await evening.open(capacity=2) for _ in range(2)]
    for user in (1, 2, 3):
        await evening.register(user, sessions[0].id)
    asked = [
        messages.GetSessionRequest(viewer_id=viewer, session_id=session.id)
        for viewer in (1, 3, 4)
        for session in sessions
    ]
    items = await cards(evening, *asked)
    assert [item.response for item in items] == [
        await evening.stub.GetSession(request) for request in asked
    ]
    assert items[2].response.session.registration.position == 1
    assert items[0].response.session.refund_until.seconds


async def test_what_one_asks_wrongly_is_his_own_refusal(evening: Evening) -> None:
    session = await evening.open()
    seen = await cards(
        evening,
        messages.GetSessionRequest(viewer_id=1, session_id=session.id),
        messages.GetSessionRequest(viewer_id=1, session_id=NOWHERE),
    )
    assert [item.error.reason for item in seen] == ["", "SESSION_NOT_FOUND"]
    listed = await lists(
        evening,
        messages.ListSessionsRequest(viewer_id=1, page_token="junk"),
        messages.ListSessionsRequest(viewer_id=1),
    )
    assert [item.error.reason for item in listed] == ["PAGE_TOKEN_INVALID", ""]


async def test_an_items_own_position_is_shown_to_him_though_the_standby_is_behind(
    evening: Evening, postgres: PostgresPair
) -> None:
    session = await evening.open(starts_at=at(1), ends_at=at(2))
    await postgres.catch_up()
    await postgres.pause_replay()
    try:
        await evening.register(1, session.id)
        position = evening.stub.written["sessions"]
        evening.as_somebody_else()
        batch = messages.BatchGetSessionsRequest()
        for viewer, asked in ((2, 0), (1, position)):
            item = batch.items.add()
            item.context.position = asked
            item.request.viewer_id, item.request.session_id = viewer, session.id
        items = (await evening.stub.BatchGetSessions(batch)).items
        assert items[1].response.session.registration.position == 1
    finally:
        await postgres.resume_replay()
