"""Lists and cards for many viewers: each is read once, and made once for all who are in none of
its sessions."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from fotbot.sessions.v1 import sessions_service_pb2 as messages

from services.chassis import consistency
from services.chassis.batches import Outcome
from services.chassis.errors import Refused
from services.sessions import pages, wire
from services.sessions.domain.boards import Board, Boards
from services.sessions.domain.refusals import SessionNotFound
from services.sessions.domain.values import SessionId, UserId

LIST_PAGE = 5

NOBODY = UserId(0)


class _Page(NamedTuple):
    boards: Sequence[Board]
    people: Collection[UserId]
    """Who is in any of them."""

    shared: messages.ListSessionsResponse
    """As all others see them."""


class Seeing:
    """Answers the items of BatchListSessions and BatchGetSessions; who leaves `refund_before` the
    start gets all back."""

    def __init__(self, boards: Boards, refund_before: timedelta) -> None:
        self._boards = boards
        self._refund_before = refund_before

    async def pages(self, items: Sequence[Any]) -> list[Outcome]:
        """Of coming sessions, for each item's viewer."""
        wanted = [_page_of(item.request) for item in items]
        with consistency.asking(_newest(items)):
            made = {page: await self._page(*page) for page in set(wanted)}
        return [
            _listed(made[page], UserId(item.request.viewer_id))
            for page, item in zip(wanted, items, strict=True)
        ]

    async def cards(self, items: Sequence[Any]) -> list[Outcome]:
        """Each for its item's viewer."""
        wanted = list({SessionId(item.request.session_id) for item in items})
        with consistency.asking(_newest(items)):
            found = await self._boards.of_sessions(wanted)
        cards = {
            id_: (board, self._card(board)) if board else _unknown(id_)
            for id_, board in zip(wanted, found, strict=True)
        }
        return [
            _carded(cards[SessionId(item.request.session_id)], UserId(item.request.viewer_id))
            for item in items
        ]

    async def _page(self, size: int, token: str) -> _Page | Refused:
        """One more session than fits is asked for, to know whether a next page is."""
        try:
            found = await self._boards.coming(pages.after(token), size + 1)
        except Refused as refusal:
            return refusal
        response = messages.ListSessionsResponse(
            sessions=[wire.view(board.seen_by(NOBODY)) for board in found[:size]],
            next_page_token=pages.token_after(found[size - 1].session) if len(found) > size else "",
        )
        people = frozenset[UserId]().union(*[board.people() for board in found[:size]])
        return _Page(found[:size], people, response)

    def _card(self, board: Board) -> messages.GetSessionResponse:
        response = messages.GetSessionResponse(session=wire.view(board.seen_by(NOBODY)))
        until = wire.timestamp(board.session.starts_at - self._refund_before)
        response.session.refund_until.CopyFrom(until)
        return response


_Card = tuple[Board, messages.GetSessionResponse]


def _listed(page: _Page | Refused, viewer: UserId) -> Outcome:
    if isinstance(page, Refused):
        return page
    if viewer not in page.people:
        return page.shared
    own = messages.ListSessionsResponse()
    own.CopyFrom(page.shared)
    for board, view in zip(page.boards, own.sessions, strict=True):
        _cut(board, viewer, view)
    return own


def _carded(card: _Card | Refused, viewer: UserId) -> Outcome:
    if isinstance(card, Refused):
        return card
    board, shared = card
    if not board.shows(viewer):
        return shared
    own = messages.GetSessionResponse()
    own.CopyFrom(shared)
    _cut(board, viewer, own.session)
    return own


def _cut(board: Board, viewer: UserId, view: messages.SessionView) -> None:
    entry = board.seen_by(viewer).entry
    if entry:
        wire.fill_registration(view.registration, entry, viewer)


def _unknown(session_id: SessionId) -> SessionNotFound:
    return SessionNotFound(f"no session {session_id}", session_id=session_id)


def _page_of(request: messages.ListSessionsRequest) -> tuple[int, str]:
    return pages.page_size(request.page_size, LIST_PAGE), request.page_token


def _newest(items: Sequence[Any]) -> consistency.Position:
    """What shows everybody's own writes."""
    newest: consistency.Position = max((item.context.position for item in items), default=0)
    return max(newest, consistency.asked())
