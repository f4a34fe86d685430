"""Who asks for an account of before, and what an admin can say to it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fotbot.users.v1.user_pb2 import AccountMove

from services.gateway.answers import Button, Screen, Style
from services.gateway.calls import Role
from services.gateway.features.moves.callbacks import DecideMove, ListMoves, OpenMove
from services.gateway.features.organisers.callbacks import ListOrganisers
from services.gateway.persons import ROLES as KNOWN_ROLES
from services.gateway.texts import Texts

ROLES = {
    Role.PLAYER: "profile.role.player",
    Role.ORGANISER: "profile.role.organiser",
    Role.ADMIN: "profile.role.admin",
}


def listing(moves: Sequence[AccountMove], texts: Texts) -> Screen:
    """The oldest first."""
    rows = [
        (
            Button(
                text=texts.plain("moves.row", name=move.person.name, asked_as=_asker(move, texts)),
                data=OpenMove(move_id=move.id),
            ),
        )
        for move in moves
    ]
    back = Button(text=texts.plain("organisers.back"), data=ListOrganisers())
    return Screen(
        text=texts("moves.title") if moves else texts("moves.none"), buttons=(*rows, (back,))
    )


def card(move: AccountMove, now: datetime, texts: Texts) -> Screen:
    """The last look before the account changes hands."""
    days = (now - move.asked_at.ToDatetime(tzinfo=UTC)).days
    yes, no = (DecideMove(move_id=move.id, approved=approved) for approved in (True, False))
    return Screen(
        text=texts(
            "moves.card",
            name=move.person.name,
            role=texts(ROLES[KNOWN_ROLES.get(move.person.role, Role.PLAYER)]),
            asked_as=_asker(move, texts),
            when=texts.plural("moves.days", max(0, days)),
        ),
        buttons=(
            (Button(text=texts.plain("moves.approve"), data=yes, style=Style.SUCCESS),),
            (Button(text=texts.plain("moves.reject"), data=no, style=Style.DANGER),),
            (Button(text=texts.plain("organisers.back"), data=ListMoves()),),
        ),
    )


def _asker(move: AccountMove, texts: Texts) -> str:
    return move.asked_as or texts.plain("person.unknown")
