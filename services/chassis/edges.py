"""Who may call what, by role and method: the arrows of the design's picture, and no other.

A person's word is brought by the gateway alone; every other caller has the few methods that its
work needs. The health service is everybody's.
"""

from collections.abc import Mapping

GATEWAY = "gateway"

_USERS = "fotbot.users.v1.UsersService"
_SESSIONS = "fotbot.sessions.v1.SessionsService"
_TEAMS = "fotbot.teams.v1.TeamsService"
_SIDES = "fotbot.teams.v1.SidesService"
_SENDER = "fotbot.sender.v1.SenderService"

FOR_PEOPLE = frozenset(
    {
        _USERS,
        _SESSIONS,
        "fotbot.sessions.v1.EntriesService",
        "fotbot.sessions.v1.MatchesService",
        "fotbot.sessions.v1.LeagueService",
        _TEAMS,
        _SIDES,
        _SENDER,
    }
)
"""Services whose methods the gateway calls, but for those below."""

NOT_FOR_PEOPLE = frozenset(
    {
        f"{_USERS}/GetRole",
        f"{_USERS}/BatchGetRoles",
        f"{_USERS}/ListReachable",
        f"{_USERS}/ListRecipients",
        f"{_USERS}/SetReachable",
        f"{_USERS}/ListErasures",
        f"{_TEAMS}/ListCaptains",
        f"{_SESSIONS}/ListOpenings",
        f"{_SIDES}/FormSides",
        f"{_SENDER}/DropNotices",
    }
)

BY_ROLE: Mapping[str, frozenset[str]] = {
    "sessions": frozenset(
        {
            f"{_USERS}/GetRole",
            f"{_USERS}/BatchGetRoles",
            f"{_USERS}/ListReachable",
            # These two speak for the person whose call is being served, and for nobody else.
            f"{_TEAMS}/GetTeam",
            f"{_SIDES}/FormSides",
        }
    ),
    "teams": frozenset({f"{_USERS}/GetRole", f"{_USERS}/ListPeople"}),
    "sender": frozenset(
        {
            f"{_USERS}/ListRecipients",
            f"{_USERS}/ListPeople",
            f"{_USERS}/SetReachable",
            f"{_USERS}/ListErasures",
        }
    ),
    "sessions-worker": frozenset(
        {
            f"{_SENDER}/SendNotices",
            f"{_SENDER}/DropNotices",
            f"{_USERS}/ListReachable",
            f"{_USERS}/ListErasures",
            f"{_TEAMS}/ListCaptains",
        }
    ),
    "teams-worker": frozenset({f"{_SENDER}/SendNotices", f"{_USERS}/ListErasures"}),
    "operator": frozenset({f"{_SESSIONS}/ListOpenings"}),
}
"""Of everybody but the gateway. The Import… services are for a machine's own moving in, where
there are no certificates: here they are nobody's."""


def may_call(role: str, method: str) -> bool:
    """Whether `role` may call the method, named in full without a leading slash."""
    if role == GATEWAY:
        return method.partition("/")[0] in FOR_PEOPLE and method not in NOT_FOR_PEOPLE
    return method in BY_ROLE.get(role, frozenset())
