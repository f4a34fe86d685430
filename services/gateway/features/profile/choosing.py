"""What a person chooses by pressing: position, shirt number, which notices he wants."""

from fotbot.users.v1 import user_pb2, users_service_pb2

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.features.onboarding.handlers import known
from services.gateway.features.profile import screens
from services.gateway.features.profile.callbacks import (
    ChangeNumber,
    ChangePosition,
    ChooseNumber,
    ChoosePosition,
    OpenTopics,
    SetTopic,
)
from services.gateway.features.profile.handlers import changed
from services.gateway.persons import POSITIONS, TOPICS


async def asked_position(call: Call, _data: ChangePosition) -> Answer:
    return Answer(screen=screens.positions(call.person, call.texts))


async def position_chosen(call: Call, data: ChoosePosition) -> Answer:
    position = POSITIONS.get(data.position, user_pb2.POSITION_UNSPECIFIED)
    request = users_service_pb2.EditProfileRequest(write=call.write(0), position=position)
    return await _edited(call, request)


async def asked_number(call: Call, _data: ChangeNumber) -> Answer:
    return Answer(screen=screens.numbers(call.person, call.texts))


async def number_chosen(call: Call, data: ChooseNumber) -> Answer:
    request = users_service_pb2.EditProfileRequest(write=call.write(0), shirt_number=data.number)
    return await _edited(call, request)


async def topics_opened(call: Call, _data: OpenTopics) -> Answer:
    return Answer(screen=screens.topics(call.person, call.texts))


async def topic_set(call: Call, data: SetTopic) -> Answer:
    """The button says what is wanted, so pressing it twice is once."""
    request = users_service_pb2.MuteTopicRequest(
        write=call.write(0), topic=TOPICS[data.topic], muted=not data.wanted
    )
    person = known(call, (await call.services.users.MuteTopic(request)).user).person
    key = "profile.topics.on" if data.wanted else "profile.topics.off"
    return Answer(screen=screens.topics(person, call.texts), toast=call.texts.toast(key))


async def _edited(call: Call, request: users_service_pb2.EditProfileRequest) -> Answer:
    user = (await call.services.users.EditProfile(request)).user
    return Answer(screen=await changed(call, user), toast=call.texts.toast("profile.changed"))
