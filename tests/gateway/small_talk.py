"""A feature small enough to prove the gateway by: a read, a write, a conversation, a bug."""

from __future__ import annotations

from collections import Counter

from aiogram.filters.callback_data import CallbackData
from fotbot.sessions.v1.sessions_service_pb2 import GetSessionRequest, RegisterRequest

from services.gateway.answers import Answer, Button, Screen
from services.gateway.calls import Call
from services.gateway.conversations import ENDED, Conversation
from services.gateway.features.feature import Feature, Said


class Join(CallbackData, prefix="tj"):
    session_id: int


class Look(CallbackData, prefix="tl"):
    session_id: int


class Fresh(CallbackData, prefix="tf"):
    pass


class Finish(CallbackData, prefix="te"):
    pass


handled: Counter[int] = Counter()
"""How often an update reached a handler."""


async def ping(call: Call, argument: str) -> Answer:
    handled[call.update_id] += 1
    return Answer(screen=Screen(text=f"pong {argument}"))


async def look_typed(call: Call, _argument: str) -> Answer:
    return await look(call, Look(session_id=1))


async def join_typed(call: Call, argument: str) -> Answer:
    return await join(call, Join(session_id=int(argument)))


async def broken(call: Call, _argument: str) -> Answer:
    raise ZeroDivisionError("secretly")


async def look(call: Call, data: Look) -> Answer:
    request = GetSessionRequest(viewer_id=call.person.user_id, session_id=data.session_id)
    reply = await call.services.sessions.GetSession(request)
    return Answer(screen=Screen(text=f"taken {reply.session.session.taken}"), toast="seen")


async def join(call: Call, data: Join) -> Answer:
    handled[call.update_id] += 1
    request = RegisterRequest(write=call.write(0), session_id=data.session_id)
    reply = await call.services.sessions.Register(request)
    place = reply.session.registration.position
    button = Button(text="look", data=Look(session_id=data.session_id))
    return Answer(screen=Screen(text=f"place {place}", buttons=((button,),)), toast=f"in: {place}")


async def fresh(call: Call, data: Fresh) -> Answer:
    return Answer(screen=Screen(text="new"), fresh=True)


async def begin(call: Call, _argument: str) -> Answer:
    talk = Conversation(name="talk", step="first")
    return Answer(screen=Screen(text="first?"), conversation=talk)


async def first(call: Call, said: Said) -> Answer:
    handled[call.update_id] += 1
    assert call.conversation is not None
    if said.text is None:
        return Answer(screen=Screen(text="words, please"))
    return Answer(
        screen=Screen(text=f"second after {said.text}?"),
        conversation=call.conversation.at("second", first=said.text),
    )


async def second(call: Call, said: Said) -> Answer:
    handled[call.update_id] += 1
    assert call.conversation is not None
    words = f"{call.conversation.data['first']} {said.text}"
    return Answer(screen=Screen(text=f"said {words}"), conversation=ENDED)


async def finish(call: Call, data: Finish) -> Answer:
    words = call.conversation.data["first"] if call.conversation else "too late"
    return Answer(screen=Screen(text=words), toast=words, conversation=ENDED)


async def otherwise(call: Call, said: Said) -> Answer:
    return Answer(screen=Screen(text="what?"))


async def linked(call: Call, payload: str) -> Answer:
    return Answer(screen=Screen(text=f"link {payload}"))


async def in_group(call: Call) -> Answer:
    button = Button(text="open", url=f"https://t.me/{call.bot_username}")
    return Answer(screen=Screen(text="in private", buttons=((button,),)))


SMALL_TALK = Feature(
    name="small_talk",
    commands={
        "ping": ping,
        "start": ping,
        "look": look_typed,
        "join": join_typed,
        "broken": broken,
        "talk": begin,
    },
    deep_links={"s_": linked},
    taps={Join: join, Look: look, Fresh: fresh},
    step_taps={Finish: finish},
    steps={"talk.first": first, "talk.second": second},
    otherwise=otherwise,
    group=in_group,
)
