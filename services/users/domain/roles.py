"""Who may do what to whom, and the appointing of organisers.

Admins are named by the settings alone: nobody is made or unmade an admin in the chat. A role is
always the primary's word.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from services.users.domain.ports import People
from services.users.domain.profile import found
from services.users.domain.refusals import NotAllowed, NotRegistered
from services.users.domain.user import Admins, Role, User, UserId

APPOINTED = "role.appoint"
REMOVED = "role.remove"

Change = Callable[[People, Admins, UserId, UserId], Awaitable[User]]
"""Of the actor, then of the subject."""


def require_admin(user: User | None, admins: Admins) -> None:
    """Raises NotAllowed for everybody else, and for nobody."""
    if user is None or user.role(admins) < Role.ADMIN:
        raise NotAllowed("only an admin may do this")


async def appoint_organiser(people: People, admins: Admins, actor: UserId, subject: UserId) -> User:
    """Raises NotAllowed, UserNotFound, NotRegistered. Appointing an organiser changes nothing."""
    require_admin(await people.by_id(actor), admins)
    user = await found(people, subject)
    if not user.is_registered:
        raise NotRegistered("an organiser needs a name and a phone")
    if user.role(admins) >= Role.ORGANISER:
        return user
    return await _changed(people, actor, replace(user, stored_role=Role.ORGANISER), APPOINTED)


async def remove_organiser(people: People, admins: Admins, actor: UserId, subject: UserId) -> User:
    """Raises NotAllowed, UserNotFound. Removing who is no organiser changes nothing."""
    require_admin(await people.by_id(actor), admins)
    user = await found(people, subject)
    if user.stored_role != Role.ORGANISER:
        return user
    return await _changed(people, actor, replace(user, stored_role=Role.PLAYER), REMOVED)


async def _changed(people: People, actor: UserId, user: User, action: str) -> User:
    await people.save(user)
    await people.record(actor, action, user.id)
    return user
