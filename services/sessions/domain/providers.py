"""How money for a session may be taken. Whoever takes it, what is owed and what has come is kept in
`money`: an online provider would confirm by the same steps as an organiser does."""

from typing import Protocol

from services.sessions.domain.league import League, PaymentDetails, payment_details
from services.sessions.domain.values import SessionId


class PaymentProvider(Protocol):
    """Someone through whom players pay."""

    async def how_to_pay(self, session_id: SessionId) -> PaymentDetails:
        """Whom and where, a link perhaps. Raises SessionNotFound."""


class ManualPayments:
    """From player to organiser by card or in cash; the organiser looks at the receipt."""

    def __init__(self, league: League, leagues_own: PaymentDetails) -> None:
        self._league = league
        self._leagues_own = leagues_own

    async def how_to_pay(self, session_id: SessionId) -> PaymentDetails:
        """The organiser's details, else the league's. Raises SessionNotFound."""
        return await payment_details(self._league, session_id, self._leagues_own)
