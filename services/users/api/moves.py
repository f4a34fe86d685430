"""Coming back under a new Telegram account: asking for it, and an admin's word on it."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.db import WriteTransaction
from services.users.api.desk import Context, Desk, told_when_refused
from services.users.domain import moves
from services.users.domain.limits import move_id, page_size, user_id
from services.users.domain.user import TelegramId
from services.users.messages import move_message, person_message

PAGE_MOST = 50


class MovesCalls(Desk):
    """The answer to a wish is the same whether anybody has the phone or not."""

    async def RequestMove(
        self, request: wire.RequestMoveRequest, context: Context
    ) -> wire.RequestMoveResponse:
        async def work(transaction: WriteTransaction) -> wire.RequestMoveResponse:
            await moves.request_move(
                self.people(transaction),
                self.moves(transaction),
                user_id(request.write.actor_id),
                request.phone,
                TelegramId(request.contact_telegram_id),
            )
            return wire.RequestMoveResponse()

        return await self.once(request.write, request, wire.RequestMoveResponse, work)

    async def ListMoves(
        self, request: wire.ListMovesRequest, context: Context
    ) -> wire.ListMovesResponse:
        limit = page_size(request.page_size, most=PAGE_MOST)
        await self.require_admin(request.actor_id)
        found = await self.records.waiting_moves(limit)
        return wire.ListMovesResponse(moves=[move_message(move, self.admins) for move in found])

    async def DecideMove(
        self, request: wire.DecideMoveRequest, context: Context
    ) -> wire.DecideMoveResponse:
        async def work(transaction: WriteTransaction) -> wire.DecideMoveResponse:
            with told_when_refused(request.write.actor_id):
                user = await moves.decide_move(
                    self.people(transaction),
                    self.moves(transaction),
                    self.admins,
                    user_id(request.write.actor_id),
                    move_id(request.move_id),
                    request.approved,
                )
            return wire.DecideMoveResponse(person=person_message(user, self.admins))

        return await self.once(request.write, request, wire.DecideMoveResponse, work)
