"""Which input leads to the team handlers."""

from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import linked, signed_up
from services.gateway.features.teams import handlers, joining
from services.gateway.features.teams.callbacks import (
    AskLeaving,
    DeclineTeam,
    Invite,
    JoinTeam,
    LeaveTeam,
    OpenTeam,
    StartTeam,
)

FEATURE = Feature(
    name="teams",
    commands={"team": signed_up(handlers.mine)},
    deep_links={"t_": linked("t_", joining.invited)},
    menu={"menu.team": signed_up(handlers.mine)},
    taps={
        OpenTeam: handlers.opened,
        StartTeam: signed_up(handlers.started),
        Invite: joining.invite,
        AskLeaving: handlers.asked_leaving,
        LeaveTeam: handlers.left,
        JoinTeam: joining.joined,
        DeclineTeam: joining.declined,
    },
    steps={"team.name": ending(handlers.named)},
)
