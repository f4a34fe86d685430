"""Who may do what. The role is as users knew it at the call, never a cached one."""

from services.sessions.domain.refusals import NotAllowed, NotRegistered
from services.sessions.domain.values import Person, Role, Session


def must_organise(person: Person) -> None:
    """Raises NotAllowed unless the person may run sessions."""
    if person.role < Role.ORGANISER:
        raise NotAllowed(f"user {person.id} is no organiser")


def must_run(person: Person, session: Session) -> None:
    """Raises NotAllowed unless it is his own session or he is an admin."""
    must_organise(person)
    if person.role < Role.ADMIN and person.id != session.organiser_id:
        raise NotAllowed(f"session {session.id} is another organiser's")


def must_be_registered(person: Person) -> None:
    """Raises NotRegistered until the person's onboarding is done."""
    if not person.registered:
        raise NotRegistered(f"user {person.id} has not finished onboarding")
