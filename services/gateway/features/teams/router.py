"""Which input leads to the team handlers."""

from services.gateway.features.ending import ending
from services.gateway.features.feature import Feature
from services.gateway.features.onboarding.gate import linked, signed_up
from services.gateway.features.teams import captaincy, handlers, joining
from services.gateway.features.teams.callbacks import (
    AskDescribing,
    AskHandingOver,
    AskLeaving,
    AskRemoving,
    AskRenaming,
    ClearDescription,
    DeclineTeam,
    HandOver,
    Invite,
    JoinTeam,
    LeaveTeam,
    ListMembers,
    OpenMember,
    OpenTeam,
    OpenTeamNumbers,
    RemoveMember,
    RevokeLinks,
    StartTeam,
    TakeNumber,
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
        OpenTeamNumbers: handlers.numbers,
        TakeNumber: handlers.number_taken,
        AskRenaming: signed_up(captaincy.asked_renaming),
        AskDescribing: signed_up(captaincy.asked_describing),
        ClearDescription: captaincy.cleared,
        RevokeLinks: captaincy.revoked,
        ListMembers: captaincy.members,
        OpenMember: captaincy.member,
        AskRemoving: captaincy.asked_removing,
        RemoveMember: captaincy.removed,
        AskHandingOver: captaincy.asked_handing_over,
        HandOver: captaincy.handed_over,
    },
    steps={
        "team.name": ending(handlers.named),
        "team.rename": ending(captaincy.renamed),
        "team.describe": ending(captaincy.described),
    },
)
