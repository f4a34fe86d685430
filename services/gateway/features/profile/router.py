"""Which input leads to the profile."""

from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up
from services.gateway.features.profile import choosing, handlers
from services.gateway.features.profile.callbacks import (
    ChangeAge,
    ChangeName,
    ChangeNumber,
    ChangePhone,
    ChangePosition,
    ChooseNumber,
    ChoosePosition,
    OpenProfile,
    OpenTopics,
    SetTopic,
)

FEATURE = Feature(
    name="profile",
    commands={"profile": signed_up(handlers.own)},
    menu={"menu.profile": signed_up(handlers.own)},
    taps={
        OpenProfile: signed_up(handlers.opened),
        ChangeName: signed_up(handlers.asked_name),
        ChangePhone: signed_up(handlers.asked_phone),
        ChangeAge: signed_up(handlers.asked_age),
        ChangePosition: signed_up(choosing.asked_position),
        ChoosePosition: signed_up(choosing.position_chosen),
        ChangeNumber: signed_up(choosing.asked_number),
        ChooseNumber: signed_up(choosing.number_chosen),
        OpenTopics: signed_up(choosing.topics_opened),
        SetTopic: signed_up(choosing.topic_set),
    },
    steps={
        "profile.name": handlers.name_given,
        "profile.phone": handlers.phone_given,
        "profile.age": handlers.age_given,
    },
)
