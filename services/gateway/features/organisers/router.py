"""Which input leads to the organisers' list."""

from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import signed_up
from services.gateway.features.organisers import handlers
from services.gateway.features.organisers.callbacks import (
    Appoint,
    AskRemoving,
    FindPerson,
    ListOrganisers,
    Remove,
)

FEATURE = Feature(
    name="organisers",
    commands={"organisers": signed_up(handlers.command)},
    menu={"menu.organisers": signed_up(handlers.command)},
    taps={
        ListOrganisers: handlers.listed,
        FindPerson: signed_up(handlers.asked_whom),
        Appoint: handlers.appointed,
        AskRemoving: handlers.asked_removing,
        Remove: handlers.removed,
    },
    steps={"organisers.find": ending(handlers.searched)},
)
