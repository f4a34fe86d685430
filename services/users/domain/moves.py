"""Coming back under a new Telegram account: asked for with the own contact, decided by an admin.

Whether anybody has the phone is told to admins alone. A person keeps his id, and with it all that
the other services know of him; the row that the new account got at first sight is left empty.
"""

from dataclasses import replace

from services.users.domain.phones import e164
from services.users.domain.ports import Moves, People
from services.users.domain.profile import found
from services.users.domain.records import Move
from services.users.domain.refusals import (
    AlreadyRegistered,
    ContactNotOwn,
    MoveDecided,
    MoveLapsed,
    MoveNotFound,
)
from services.users.domain.roles import require_admin
from services.users.domain.user import Admins, MoveId, TelegramId, User, UserId

APPROVED = "move.approve"
REJECTED = "move.reject"


async def request_move(
    people: People, moves: Moves, actor: UserId, phone: str, contact: TelegramId
) -> None:
    """Ask to be whoever has this phone; `contact` is the Telegram id inside the contact.

    Raises UserNotFound, AlreadyRegistered, ContactNotOwn, PhoneInvalid.
    """
    asker = await found(people, actor)
    if asker.is_registered:
        raise AlreadyRegistered("the asking account is somebody already")
    if contact != asker.telegram_id:
        raise ContactNotOwn("the contact is not the sender's own")
    number = e164(phone)
    person = await people.by_phone(number)
    if person is not None and person.id != asker.id:
        await moves.ask(asker.id, person.id, number)


async def decide_move(
    people: People, moves: Moves, admins: Admins, actor: UserId, move_id: MoveId, approved: bool
) -> User:
    """The person, after an admin's yes or no.

    Raises NotAllowed, MoveNotFound, MoveDecided, MoveLapsed.
    """
    require_admin(await people.by_id(actor), admins)
    wish = await _waiting(moves, move_id)
    # Whoever asks holds his own row while he writes his wish: people before wishes, always.
    both = sorted((wish.asker, wish.person))
    locked = {user_id: await found(people, user_id) for user_id in both}
    wish = await _waiting(moves, move_id)
    asker, person = locked[wish.asker], locked[wish.person]
    await moves.decide(move_id, actor, approved)
    if approved:
        person = await _moved(people, wish, asker, person)
    await people.record(actor, APPROVED if approved else REJECTED, person.id, asker.name)
    return person


async def _waiting(moves: Moves, move_id: MoveId) -> Move:
    move = await moves.by_id(move_id)
    if move is None:
        raise MoveNotFound("no wish has this id")
    if move.approved is not None:
        raise MoveDecided("the wish has been decided")
    return move


async def _moved(people: People, wish: Move, asker: User, person: User) -> User:
    """The person under the asker's account. He reads what he has chosen last."""
    if asker.is_registered or asker.telegram_id is None or person.phone != wish.phone:
        raise MoveLapsed("an account has become something else since the wish")
    await people.hand_over(asker, person)
    await people.save(replace(asker, telegram_id=None, phone=""))
    chosen = asker if asker.language_chosen else person
    moved = replace(
        person,
        telegram_id=asker.telegram_id,
        reachable=asker.reachable,
        name=person.name or asker.name,
        language=chosen.language,
        language_chosen=chosen.language_chosen,
    )
    await people.save(moved)
    return moved
