"""The coming days page by page: every session once, and no token that was not given out."""

from __future__ import annotations

from typing import Any

import pytest
from fotbot.sessions.v1 import sessions_service_pb2 as messages
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from services.chassis.errors import RemoteRefusal
from services.local.stores.postgres import PostgresPair
from services.sessions import pages
from services.sessions.domain.refusals import PageTokenInvalid
from services.sessions.domain.values import EntryStatus
from services.sessions.storage.boards import SqlBoards
from tests.sessions.evening import Evening, at


async def list_page(
    evening: Evening, token: str = "", size: int = 0, viewer: int = 1
) -> messages.ListSessionsResponse:
    request = messages.ListSessionsRequest(viewer_id=viewer, page_size=size, page_token=token)
    answer: messages.ListSessionsResponse = await evening.stub.ListSessions(request)
    return answer


@pytest.mark.parametrize("size", [1, 4, 7, 50])
async def test_pages_hold_every_coming_session_once_and_in_order(
    evening: Evening, size: int
) -> None:
    # More than are cached together, several at the same time, one cancelled, one begun.
    opened = [
        await evening.open(starts_at=at(24 + n // 3), ends_at=at(30 + n // 3)) for n in range(24)
    ]
    await evening.cancel(opened[5].id)
    await evening.start(opened[6].id)
    seen: list[int] = []
    token = ""
    while True:
        answer = await list_page(evening, token, size)
        assert len(answer.sessions) <= size
        seen += [view.session.id for view in answer.sessions]
        token = answer.next_page_token
        if not token:
            break
    expected = [session.id for session in opened if session not in (opened[5], opened[6])]
    assert len(seen) == len(set(seen))
    assert [id_ for id_ in seen if id_ in expected] == expected
    for session in opened:
        await evening.start(session.id)


async def test_a_page_tells_counts_and_the_viewers_own_entry(evening: Evening) -> None:
    session = await evening.open(starts_at=at(1), ends_at=at(2), capacity=2)
    for user in (1, 2, 3):
        await evening.register(user, session.id)
    first = (await list_page(evening, viewer=3)).sessions[0]
    assert (first.session.id, first.session.taken, first.session.waitlisted) == (session.id, 2, 1)
    assert first.registration.position == 1
    assert not (await list_page(evening, viewer=9)).sessions[0].HasField("registration")


@pytest.mark.parametrize("size", [-1, 0, 51, 2**31 - 1, -(2**31)])
async def test_an_odd_page_size_is_made_a_good_one(evening: Evening, size: int) -> None:
    assert len((await list_page(evening, size=size)).sessions) <= 50


@pytest.mark.parametrize("token", ["garbage", "!", "AAAA", "\x00", "ÿ", "a" * 100_000])
async def test_a_token_that_was_not_given_out_is_refused(evening: Evening, token: str) -> None:
    with pytest.raises(RemoteRefusal) as refused:
        await list_page(evening, token)
    assert refused.value.reason == "PAGE_TOKEN_INVALID"


@given(st.one_of(st.text(), st.text("ABCDEFabcdef012345-_=", min_size=20, max_size=26)))
def test_any_text_is_a_token_or_refused(token: str) -> None:
    try:
        after = pages.after(token)
    except PageTokenInvalid:
        return
    assert (after is None) == (token == "")


async def test_a_page_with_counts_and_entries_is_one_query(
    evening: Evening, postgres: PostgresPair
) -> None:
    for hour in (300, 310, 320):
        session = await evening.open(starts_at=at(hour), ends_at=at(hour + 1), capacity=2)
        for user in (1, 2, 3):
            await evening.register(user, session.id)
    await postgres.catch_up()
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        boards = await SqlBoards(evening.database).coming(None, 50)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(statements) == 1
    last = [board.entries()[-1] for board in boards][-3:]
    assert [(entry.user_id, entry.status) for entry in last] == [(3, EntryStatus.WAITLISTED)] * 3
