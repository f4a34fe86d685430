"""The authorisation table of fotbot.users.v1."""

from __future__ import annotations

from fotbot.common.v1.language_pb2 import LANGUAGE_RU
from fotbot.common.v1.topic_pb2 import TOPIC_TEAMS
from fotbot.users.v1 import users_service_pb2 as wire

from tests.security.cast import USERS, Cast, Who, phone_of, write
from tests.security.land import ADMIN_ACCOUNT
from tests.security.rows import ADMIN, EVERYBODY, PEOPLE, Row, machines

IMPORTS = "fotbot.users.v1.UsersImportService"


def _phone(cast: Cast, who: Who) -> dict[str, object]:
    """His own, by his own contact."""
    if who is Who.NOBODY:
        return {"phone": "+998901112233", "contact_telegram_id": 7}
    user = cast.people[who]
    return {"phone": phone_of(user), "contact_telegram_id": user.telegram_id}


async def _wish(cast: Cast) -> int:
    """Somebody new asks for the player's account."""
    account = ADMIN_ACCOUNT - 1
    newcomer = wire.EnsureUserRequest(telegram_id=account)
    user = (await cast.land.call(f"{USERS}/EnsureUser", newcomer)).user
    asked = wire.RequestMoveRequest(
        write=write(user.id),
        phone=phone_of(cast.people[Who.PLAYER]),
        contact_telegram_id=account,
    )
    await cast.land.call(f"{USERS}/RequestMove", asked)
    waiting = wire.ListMovesRequest(actor_id=cast.id(Who.ADMIN))
    found = (await cast.land.call(f"{USERS}/ListMoves", waiting)).moves
    return int(found[-1].id)


ROWS = [
    Row(
        method=f"{USERS}/FindPeople",
        may=ADMIN,
        ask=lambda cast, _, who: wire.FindPeopleRequest(actor_id=cast.id(who), name_prefix="P"),
    ),
    Row(
        method=f"{USERS}/ListOrganisers",
        may=ADMIN,
        ask=lambda cast, _, who: wire.ListOrganisersRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{USERS}/AppointOrganiser",
        may=ADMIN,
        ask=lambda cast, _, who: wire.AppointOrganiserRequest(
            write=cast.write(who), user_id=cast.id(Who.PLAYER)
        ),
    ),
    Row(
        method=f"{USERS}/RemoveOrganiser",
        may=ADMIN,
        ask=lambda cast, _, who: wire.RemoveOrganiserRequest(
            write=cast.write(who), user_id=cast.id(Who.OTHER_ORGANISER)
        ),
    ),
    Row(
        method=f"{USERS}/ListMoves",
        may=ADMIN,
        ask=lambda cast, _, who: wire.ListMovesRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{USERS}/DecideMove",
        may=ADMIN,
        given=_wish,
        ask=lambda cast, move, who: wire.DecideMoveRequest(
            write=cast.write(who), move_id=move, approved=False
        ),
    ),
    Row(
        method=f"{USERS}/ListAudit",
        may=ADMIN,
        ask=lambda cast, _, who: wire.ListAuditRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{USERS}/SetLanguage",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        ask=lambda cast, _, who: wire.SetLanguageRequest(
            write=cast.write(who), language=LANGUAGE_RU
        ),
    ),
    Row(
        method=f"{USERS}/SetName",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        ask=lambda cast, _, who: wire.SetNameRequest(write=cast.write(who), name="New"),
    ),
    Row(
        method=f"{USERS}/SetPhone",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        about="his own",
        ask=lambda cast, _, who: wire.SetPhoneRequest(write=cast.write(who), **_phone(cast, who)),
    ),
    Row(
        method=f"{USERS}/SetPhone",
        may=frozenset({Who.PLAYER}),
        others="CONTACT_NOT_OWN",
        besides={Who.NOBODY: "USER_NOT_FOUND"},
        about="the player's",
        ask=lambda cast, _, who: wire.SetPhoneRequest(
            write=cast.write(who), **_phone(cast, Who.PLAYER)
        ),
    ),
    Row(
        method=f"{USERS}/EditProfile",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        ask=lambda cast, _, who: wire.EditProfileRequest(write=cast.write(who), age=30),
    ),
    Row(
        method=f"{USERS}/MuteTopic",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        ask=lambda cast, _, who: wire.MuteTopicRequest(
            write=cast.write(who), topic=TOPIC_TEAMS, muted=True
        ),
    ),
    Row(
        method=f"{USERS}/RequestMove",
        may=frozenset(),
        others="ALREADY_REGISTERED",
        besides={Who.NOBODY: "USER_NOT_FOUND"},
        about="by who is somebody",
        ask=lambda cast, _, who: wire.RequestMoveRequest(
            write=cast.write(who), **_phone(cast, who)
        ),
    ),
    Row(
        method=f"{USERS}/RequestExport",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        about="of himself",
        ask=lambda cast, _, who: wire.RequestExportRequest(write=cast.write(who)),
    ),
    Row(
        method=f"{USERS}/ExportMine",
        may=PEOPLE,
        others="USER_NOT_FOUND",
        about="of himself",
        ask=lambda cast, _, who: wire.ExportMineRequest(actor_id=cast.id(who)),
    ),
    Row(
        method=f"{USERS}/DeleteMe",
        may=EVERYBODY,
        about="himself",
        ask=lambda cast, _, who: wire.DeleteMeRequest(write=cast.write(who)),
    ),
]

MACHINES = [
    *machines(
        USERS,
        {
            "EnsureUser": ["gateway"],
            "BatchEnsureUsers": ["gateway"],
            "ListPeople": ["gateway", "teams", "sender"],
            "GetRole": ["sessions", "teams"],
            "BatchGetRoles": ["sessions"],
            "ListRecipients": ["sender"],
            "ListReachable": ["sessions", "sessions-worker"],
            "ListErasures": ["sessions-worker", "teams-worker", "sender"],
            "SetReachable": ["sender"],
        },
    ),
    *machines(IMPORTS, {"ImportUsers": []}),
]
