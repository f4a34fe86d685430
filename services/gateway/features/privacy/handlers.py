"""Tells a person what is kept of him, sends him a copy, deletes him. Also for who has not signed
up: his Telegram account is known already."""

from fotbot.sender.v1.sender_service_pb2 import ForgetAccountRequest
from fotbot.users.v1.users_service_pb2 import DeleteMeRequest, RequestExportRequest

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.privacy import screens
from services.gateway.features.privacy.callbacks import (
    AskDelete,
    AskExport,
    ConfirmDelete,
    OpenPrivacy,
)
from services.gateway.features.privacy.copying import send_copy


async def told(call: Call, _argument: str) -> Answer:
    return Answer(screen=screens.privacy(call.texts))


async def opened(call: Call, _data: OpenPrivacy) -> Answer:
    return Answer(screen=screens.privacy(call.texts))


async def export(call: Call, _argument: str) -> Answer:
    return await _exported(call)


async def export_pressed(call: Call, _data: AskExport) -> Answer:
    return await _exported(call)


async def delete(call: Call, _argument: str) -> Answer:
    return Answer(screen=screens.asked(call.person, call.texts))


async def delete_pressed(call: Call, _data: AskDelete) -> Answer:
    return Answer(screen=screens.asked(call.person, call.texts))


async def confirmed(call: Call, data: ConfirmDelete) -> Answer:
    """Brought again after it was done, the update finds somebody new, who has said nothing yet:
    he goes too. Who has signed up anew since stays."""
    person = call.person
    if data.user_id != person.user_id and person.registered:
        return Answer(screen=screens.deleted_before(call.texts))
    write = call.write(0)
    account = ForgetAccountRequest(telegram_id=person.telegram_id)
    await call.services.sender.ForgetAccount(account)
    await call.services.users.DeleteMe(DeleteMeRequest(write=write))
    return Answer(screen=screens.deleted(call.texts), forget=True)


async def _exported(call: Call) -> Answer:
    await call.services.users.RequestExport(RequestExportRequest(write=call.write(0)))
    await send_copy(call)
    return Answer(screen=screens.exported(call.texts), fresh=True)
