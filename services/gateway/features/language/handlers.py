"""Changes the language a person reads."""

from fotbot.common.v1 import language_pb2
from fotbot.users.v1 import users_service_pb2
from msgspec import structs

from services.gateway.answers import Answer
from services.gateway.calls import Call
from services.gateway.conversations import ENDED
from services.gateway.features.language import screens
from services.gateway.features.language.callbacks import ChooseLanguage, OpenLanguages
from services.gateway.features.onboarding.handlers import known, next_step, pending_link
from services.gateway.texts import texts_for

WIRE = {
    "uz": language_pb2.LANGUAGE_UZ,
    "ru": language_pb2.LANGUAGE_RU,
    "en": language_pb2.LANGUAGE_EN,
}


async def command(call: Call, _argument: str) -> Answer:
    """/language. A newcomer goes on with the sign-up from here."""
    if not call.person.language_chosen:
        return next_step(call, pending_link(call))
    return Answer(screen=screens.choice())


async def opened(_call: Call, _data: OpenLanguages) -> Answer:
    return Answer(screen=screens.choice())


async def chosen(call: Call, data: ChooseLanguage) -> Answer:
    """A newcomer goes on with the sign-up; everybody else gets the menu in the new language."""
    if data.code not in WIRE:
        return Answer(toast=call.texts.toast("stale"))
    request = users_service_pb2.SetLanguageRequest(write=call.write(0), language=WIRE[data.code])
    reply = await call.services.users.SetLanguage(request)
    texts = texts_for(data.code)
    if not call.person.registered:
        now = known(structs.replace(call, texts=texts), reply.user)
        return structs.replace(
            next_step(now, pending_link(call)), toast=texts.toast("language.toast")
        )
    return Answer(
        screen=screens.changed(call.person.role, texts),
        toast=texts.toast("language.toast"),
        fresh=True,
        conversation=ENDED,
    )
