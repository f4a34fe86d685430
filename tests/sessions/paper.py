"""Two evenings kept with pen and paper: entries, money and coupons, in the plainest way there is.

Each method does what a person asks for and tells why it is refused, "" when it is not. It shares
no code with the product, so that both are wrong together only by a misunderstanding.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HELD, OVER = ("confirmed", "pending"), ("cancelled", "rejected")


@dataclass(slots=True)
class Line:
    """An entry; `paid` is None where nothing was ever owed."""

    owner: int
    players: list[int]
    team: int | None
    price: int
    state: str = "waitlisted"
    amount: int = 0
    coupons: list[int] = field(default_factory=list)
    kept_coupons: int = 0
    paid: str | None = None
    steps: list[str] = field(default_factory=list)

    @property
    def people(self) -> list[int]:
        return [self.owner, *(player for player in self.players if player != self.owner)]

    @property
    def lives(self) -> bool:
        return self.state not in OVER

    @property
    def to_decide(self) -> bool:
        free = self.paid not in ("due", "submitted")
        return self.paid == "submitted" or (self.state == "pending" and free)

    def pay(self, status: str, *steps: str) -> None:
        self.paid = status
        self.steps += steps


@dataclass(slots=True)
class Wallets:
    """All coupons, the oldest first: whose each is, and for which line it is used."""

    owner: dict[int, int] = field(default_factory=dict)
    used: dict[int, Line] = field(default_factory=dict)

    def usable(self, line: Line) -> list[int]:
        return [
            id_
            for id_, owner in self.owner.items()
            if self.used.get(id_) is line or (id_ not in self.used and owner in line.players)
        ]

    def free(self, line: Line) -> None:
        for id_ in [id_ for id_, used_for in self.used.items() if used_for is line]:
            del self.used[id_]


@dataclass(slots=True)
class Paper:
    """One evening; `lines` in order of arrival, `held` and `queue` in theirs."""

    capacity: int
    squad: int
    price: int
    approves: bool
    wallets: Wallets
    status: str = "planned"
    lines: list[Line] = field(default_factory=list)
    held: list[Line] = field(default_factory=list)
    queue: list[Line] = field(default_factory=list)
    told: list[tuple[str, int]] = field(default_factory=list)

    ORGANISER = 901

    @property
    def taken(self) -> int:
        return sum(len(line.players) for line in self.held)

    def find(self, user: int) -> Line | None:
        found = [line for line in self.held + self.queue if user in line.people]
        return found[0] if found else None

    def closed(self) -> str:
        over = {"cancelled": "SESSION_CANCELLED", "started": "SESSION_STARTED"}
        return over.get(self.status, "")

    def register(self, user: int) -> str:
        if self.closed():
            return self.closed()
        line = self.find(user)
        if line:
            return "PLAYER_ALREADY_IN" if line.team else ""
        return self._admit(Line(user, [user], None, self.price))

    def register_team(self, captain: int, team: int, players: list[int]) -> str:
        if self.closed():
            return self.closed()
        if any(line.team == team for line in self.held + self.queue):
            return ""
        if self.capacity < self.squad:
            return "SQUAD_OVER_CAPACITY"
        if any(self.find(user) for user in [captain, *players]):
            return "PLAYER_ALREADY_IN"
        return self._admit(Line(captain, players, team, self.price))

    def leave(self, user: int, early: bool) -> str:
        if self.status == "started":
            return "SESSION_STARTED"
        line = self.find(user)
        if line is None:
            return ""
        if line.owner != user:
            return "CAPTAINS_BUSINESS"
        self._end(line, "cancelled", back=early)
        self._fill()
        return ""

    def use_coupons(self, user: int, count: int) -> str:
        line, refusal = self._own(user)
        if line is None:
            return refusal
        if line.paid and len(line.coupons) == count:
            return ""
        if line.paid != "due":
            return "PAYMENT_NOT_DUE"
        usable = self.wallets.usable(line)
        if count > len(usable) or count > len(line.players):
            return "COUPONS_TOO_FEW"
        self.wallets.free(line)
        line.coupons = usable[:count]
        self.wallets.used.update(dict.fromkeys(line.coupons, line))
        line.amount = line.price * (len(line.players) - count)
        line.pay("due", "coupons")
        if not line.amount:
            line.pay("confirmed", "confirmed")
        self._tell_organiser(line)
        return ""

    def show(self, user: int) -> str:
        line, refusal = self._own(user)
        if line is None:
            return refusal
        if line.paid not in ("due", "submitted"):
            return "PAYMENT_NOT_DUE"
        line.pay("submitted", "receipt")
        self._tell_organiser(line)
        return ""

    def approve(self, line: Line) -> str:
        if not line.lives:
            return "ENTRY_ENDED"
        if line in self.queue:
            return "ENTRY_WAITING"
        owes = line.paid in ("due", "submitted")
        if line.state == "confirmed" and not owes:
            return ""
        line.state = "confirmed"
        if owes:
            line.pay("confirmed", "confirmed")
        self._tell("approved", line.people)
        return ""

    def reject(self, line: Line) -> str:
        if line.state == "rejected":
            return ""
        if not line.lives:
            return "ENTRY_ENDED"
        if self.status == "started":
            return "SESSION_STARTED"
        self._end(line, "rejected", back=True)
        self._fill()
        self._tell("rejected", line.people)
        return ""

    def settle(self, line: Line, came: bool) -> str:
        if line.paid != "refund_due":
            return "REFUND_NOT_DUE"
        line.pay(*(("refunded", "refunded") if came else ("void", "not_received")))
        if came:
            self._tell("refunded", [line.owner])
        return ""

    def resize(self, capacity: int) -> str:
        if self.closed():
            return self.closed()
        needed = [self.taken]
        if capacity < self.capacity:
            needed += [len(line.players) for line in self.queue]
        if capacity < max(needed):
            return "CAPACITY_BELOW_TAKEN"
        if capacity != self.capacity:
            self.capacity = capacity
            self._fill()
        return ""

    def reprice(self, price: int) -> str:
        if self.closed():
            return self.closed()
        self.price = price
        return ""

    def cancel(self) -> str:
        if self.status == "started":
            return "SESSION_STARTED"
        everybody = self.held + self.queue
        self._tell("session_cancelled", [user for line in everybody for user in line.people])
        self.status = "cancelled"
        for line in everybody:
            self._end(line, "cancelled", back=True)
        return ""

    def start(self) -> str:
        if self.status != "planned":
            return self.closed()
        for line in list(self.queue):
            self._end(line, "cancelled", back=True)
        for line in [line for line in self.held if line.state == "pending"]:
            self._end(line, "rejected", back=True)
            self._tell("rejected", line.people)
        self.status = "started"
        return ""

    def _own(self, user: int) -> tuple[Line | None, str]:
        line = self.find(user)
        if line is None:
            return None, "NO_ENTRY"
        return (line, "") if line.owner == user else (None, "CAPTAINS_BUSINESS")

    def _admit(self, line: Line) -> str:
        self.lines.append(line)
        if not self.queue and self.taken + len(line.players) <= self.capacity:
            self._place(line)
        else:
            self.queue.append(line)
        return ""

    def _place(self, line: Line) -> None:
        self.held.append(line)
        line.state = "pending" if self.approves else "confirmed"
        line.amount = line.price * len(line.players)
        if line.amount:
            line.pay("due", "due")
        self._tell_organiser(line)

    def _fill(self) -> None:
        if self.status != "planned":
            return
        while self.queue and self.taken + len(self.queue[0].players) <= self.capacity:
            line = self.queue.pop(0)
            self._place(line)
            self._tell("promoted", line.people)

    def _end(self, line: Line, state: str, *, back: bool) -> None:
        (self.held if line in self.held else self.queue).remove(line)
        line.state = state
        if line.paid is None:
            return
        if state == "rejected":
            line.steps.append("rejected")
        had_money = line.paid in ("submitted", "confirmed") and line.amount > 0
        if back:
            self.wallets.free(line)
            line.coupons = []
            line.pay(*["refund_due" if had_money else "void"] * 2)
        else:
            line.pay(*["void" if line.paid == "due" else "kept"] * 2)

    def _tell(self, kind: str, people: list[int]) -> None:
        self.told += [(kind, user) for user in people]

    def _tell_organiser(self, line: Line) -> None:
        if line.to_decide:
            self._tell("decision_due", [self.ORGANISER])
