"""What is known of a person: to himself, and gone when he wishes; the workers hear of it."""

from fotbot.users.v1 import users_service_pb2 as wire

from services.chassis.db import WriteTransaction
from services.chassis.exports import document
from services.users.api.desk import Context, Desk
from services.users.domain import privacy
from services.users.domain.limits import page_size, page_start, user_id
from services.users.domain.refusals import UserNotFound

PAGE = 100


class PrivacyCalls(Desk):
    """The actor is the person himself: nobody can name another."""

    async def RequestExport(
        self, request: wire.RequestExportRequest, context: Context
    ) -> wire.RequestExportResponse:
        async def work(transaction: WriteTransaction) -> wire.RequestExportResponse:
            people, kept = self.people(transaction), self.privacy(transaction)
            await privacy.request_export(people, kept, user_id(request.write.actor_id))
            return wire.RequestExportResponse()

        return await self.once(request.write, request, wire.RequestExportResponse, work)

    async def ExportMine(
        self, request: wire.ExportMineRequest, context: Context
    ) -> wire.ExportMineResponse:
        found = await self.known.of(user_id(request.actor_id))
        if found is None:
            raise UserNotFound("nobody has this id")
        return wire.ExportMineResponse(document=document(found))

    async def DeleteMe(
        self, request: wire.DeleteMeRequest, context: Context
    ) -> wire.DeleteMeResponse:
        async def work(transaction: WriteTransaction) -> wire.DeleteMeResponse:
            people, kept = self.people(transaction), self.privacy(transaction)
            write = request.write
            await privacy.delete(people, kept, user_id(write.actor_id), write.request_id)
            return wire.DeleteMeResponse()

        return await self.once(request.write, request, wire.DeleteMeResponse, work)

    async def ListErasures(
        self, request: wire.ListErasuresRequest, context: Context
    ) -> wire.ListErasuresResponse:
        limit = page_size(request.page_size, usual=PAGE, most=PAGE)
        found = await self.known.erasures(page_start(request.after_number), limit)
        erasures = [wire.Erasure(number=number, user_id=person) for number, person in found]
        return wire.ListErasuresResponse(erasures=erasures)
