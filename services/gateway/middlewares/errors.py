"""What people hear when a handler did not end well.

A refusal: its text. Too many for a service: "busy". A read without answer: "later". A write
without answer: nothing yet, the update goes back to Telegram (updates.py). A bug: an apology, and
the update into quarantine.
"""

from collections.abc import Awaitable, Callable

import grpc
import structlog

from services.chassis.errors import Kind, RemoteRefusal, Unanswered
from services.gateway.answers import Answer
from services.gateway.apologies import apology, refusal
from services.gateway.arrivals import Arrival, Bot, Outcome
from services.gateway.calls import Call
from services.gateway.held_back import Busy
from services.gateway.incoming import Incoming
from services.gateway.quarantine import Quarantine
from services.gateway.texts import Texts

Led = Callable[[Arrival, Call], Awaitable[Answer | None]]
"""A handler, whichever way the update went to it; None: nobody takes the update."""

log = structlog.get_logger(__name__)


class Errors:
    """Turns exceptions into answers."""

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine

    async def answer(self, led: Led, arrival: Arrival, call: Call) -> Answer | None:
        """The handler's answer or one for its failure. Raises Unanswered for a write."""
        arrival.outcome = Outcome.DONE
        try:
            return await led(arrival, call)
        except RemoteRefusal as error:
            return self._refused(arrival, call, error)
        except Unanswered as error:
            return self._unanswered(arrival, call, error)
        except Busy:
            return _busy(arrival, call)
        except Exception as error:
            arrival.outcome = Outcome.BROKEN
            # Another service's bug does not speak against this process's release.
            arrival.raised = not isinstance(error, grpc.aio.AioRpcError)
            return self.broken(arrival.bot, arrival.incoming, arrival.raw, call.texts, error)

    def broken(
        self, bot: Bot, incoming: Incoming, raw: bytes, texts: Texts, error: Exception
    ) -> Answer:
        """Keeps the update for a developer, and says sorry."""
        log.error("an update broke", update_id=incoming.update_id, exc_info=error)
        self._quarantine.put(bot.bot_id, incoming.update_id, raw, error)
        return apology(texts, "broken", incoming)

    def _refused(self, arrival: Arrival, call: Call, error: RemoteRefusal) -> Answer:
        if error.kind is Kind.UNAVAILABLE:
            return self._unanswered(arrival, call, Unanswered(str(error)))
        if error.kind is Kind.EXHAUSTED:
            # Nothing was begun; but what was held back before may have been done that time.
            if arrival.writing.known and arrival.writing.begun:
                raise Unanswered(str(error)) from error
            return _busy(arrival, call)
        arrival.outcome = Outcome.REFUSED
        return refusal(call.texts, error.reason, arrival.incoming)

    @staticmethod
    def _unanswered(arrival: Arrival, call: Call, error: Unanswered) -> Answer:
        if arrival.writing.begun:
            raise error
        arrival.outcome = Outcome.LATER
        log.warning("a read had no answer", error=str(error))
        return apology(call.texts, "later", arrival.incoming)


def _busy(arrival: Arrival, call: Call) -> Answer:
    arrival.outcome = Outcome.BUSY
    return apology(call.texts, "busy", arrival.incoming)
