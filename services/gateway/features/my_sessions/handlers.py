"""Shows a person's own sessions."""

from fotbot.sessions.v1 import sessions_service_pb2

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.my_sessions import screens


async def mine(call: Call, _argument: str = "") -> Answer:
    request = sessions_service_pb2.ListMySessionsRequest(viewer_id=call.person.user_id)
    reply = await call.services.sessions.ListMySessions(request)
    return Answer(screen=screens.mine(reply.sessions, reply.past, call.texts), conversation=ENDED)
