"""A photo that nobody waited for: it may be a receipt, so it is asked for which session."""

from fotbot.sessions.v1 import sessions_service_pb2

from services.gateway.answers import Answer, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.create_session.handlers import stale
from services.gateway.features.feature import Said
from services.gateway.features.paying import handlers, screens
from services.gateway.features.paying.callbacks import ReceiptFor
from services.gateway.features.sessions import payments


async def asked(call: Call, photo: str) -> Answer | None:
    """None where the person has nothing to pay: then it is just a photo."""
    request = sessions_service_pb2.ListMySessionsRequest(viewer_id=call.person.user_id)
    mine = (await call.services.sessions.ListMySessions(request)).sessions
    due = [view for view in mine if payments.is_payable(view)]
    if not due:
        return None
    waiting = Conversation(name=handlers.NAME, step="which", data={"photo": photo})
    return Answer(screen=screens.which(due, call.texts), conversation=waiting)


async def said(call: Call, said: Said) -> Answer:
    """Another photo takes the place of the first; anything else asks for a button."""
    photo = call.conversation.data["photo"] if call.conversation else ""
    answer = await asked(call, said.photo or photo)
    nothing = Answer(screen=Screen(text=call.texts("pay.nothing")), conversation=ENDED)
    return answer or nothing


async def chosen(call: Call, data: ReceiptFor) -> Answer:
    conversation = call.conversation
    if conversation is None or conversation.place != f"{handlers.NAME}.which":
        return stale(call)
    return await handlers.submitted(call, data.session_id, conversation.data["photo"])
