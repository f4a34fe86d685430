"""What happens in two whole evenings, told so that each part can be followed in the transcripts."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.e2e.acts import beginning, onboard, open_card, open_session, plain, run
from tests.e2e.city import City
from tests.e2e.people import Human, newcomer

NAMES = (
    "Ali", "Vali", "Gani", "Sardor", "Jasur", "Bekzod", "Dilshod",
    "Sergey", "Andrey", "Rustam", "Timur", "Aziz", "Farrux", "Nodir",
    "James", "Oliver", "Harry", "Jack", "Umid", "Ulugbek", "Sherzod",
    "Ivan", "Pavel", "Anvar", "Botir", "Davron", "Eldor", "Komil", "Laziz",
)  # fmt: skip
LANGUAGES = ("uz", "ru", "en")
Goal = tuple[int, str, str | None]
"""Which side, who scored, who passed."""


@dataclass(slots=True, kw_only=True)
class Evening:
    """An organiser, a venue, and the people who come."""

    city: City
    organiser: Human
    venue: str
    starts: datetime
    people: dict[str, Human] = field(default_factory=dict)

    async def gather(self, names: Sequence[str]) -> None:
        """New people sign up, a few at once; their languages take turns."""
        for number, name in enumerate(names):
            language = LANGUAGES[number % len(LANGUAGES)]
            self.people[name] = await newcomer(self.city, language, name)
        await _few_at_once(onboard(self.people[name], name) for name in names)

    async def prepare(self, capacity: int, **others: str) -> None:
        """The organiser says where to pay and opens the session."""
        texts = self.organiser.texts
        await onboard(self.organiser, "Organiser")
        await self.organiser.chooses("menu.organise")
        await self.organiser.presses(texts("days.settings"))
        await self.organiser.presses(texts("settings.payee.edit"))
        await self.organiser.reads(plain(texts, "ask.settings.payee"))
        await self.organiser.says("O. Toshmatov")
        await self.organiser.presses(texts("settings.requisites.edit"))
        await self.organiser.reads(plain(texts, "ask.settings.requisites"))
        await self.organiser.says("8600 1234 5678 9012")
        await self.organiser.reads("8600 1234 5678 9012")
        await open_session(self.organiser, self.venue, capacity, self.starts, **others)

    async def join(self, names: Sequence[str]) -> None:
        """They look at the card together and press one after the other."""
        await _few_at_once(open_card(self.people[name], self.venue) for name in names)
        for name in names:
            await self.people[name].presses(self.people[name].texts("sessions.join"))

    async def found(self, captain: str, team: str, members: Sequence[str]) -> None:
        """A captain founds a team; the others join by his link, one after the other."""
        lead = self.people[captain]
        await lead.chooses("menu.team")
        await lead.presses(lead.texts("team.new"))
        await lead.reads(plain(lead.texts, "team.name.ask"))
        await lead.says(team)
        await lead.reads(plain(lead.texts, "team.created"))
        await lead.presses(lead.texts("team.invite"))
        link = (await lead.reads("?start=t_")).split("?start=")[1].split()[0]
        for name in members:
            person = self.people[name]
            await person.says(f"/start {link}")
            await person.presses(person.texts("team.join.yes"))
            await lead.reads(plain(lead.texts, "notice.team_joined", name=name, team=team))

    async def bring(self, captain: str) -> None:
        """A captain registers his team, which is exactly a squad."""
        lead = self.people[captain]
        await open_card(lead, self.venue)
        await lead.presses(lead.texts("sessions.team"))
        assert await lead.presses(lead.texts("squad.send")) == lead.texts.toast("squad.in")

    async def pay(self, name: str) -> None:
        """From the card: the bill, the receipt's photo."""
        person = self.people[name]
        await person.presses(person.texts("sessions.pay"))
        await person.reads(beginning(person.texts, "pay.photo"), "8600 1234 5678 9012")
        await person.sends_photo()
        await person.reads(beginning(person.texts, "pay.submitted"))

    async def hear_of_receipts(self, names: Sequence[str]) -> None:
        """The organiser has read of each of them that a decision is due."""
        due = beginning(self.organiser.texts, "notice.decision_due")
        for name in names:
            await self.organiser.reads(due, f"👤 {name}")

    async def look_at_entries(self) -> None:
        """The organiser opens the list of entries."""
        texts = self.organiser.texts
        await run(self.organiser, self.venue)
        await self.organiser.presses(texts("organising.entries"))
        await self.organiser.reads(plain(texts, "entries.title", count="").rstrip())

    async def approve(self, names: Sequence[str]) -> None:
        """One after the other from the list; they are told."""
        for name in names:
            await self._approve(name)
        await self._read("notice.approved", names)

    async def _approve(self, name: str) -> None:
        texts = self.organiser.texts
        await self._open_entry(name)
        card = await self.organiser.newest()
        toast = await self.organiser.presses(texts("approvals.approve"))
        assert toast == texts.toast("approvals.approved", name=name)
        await self.organiser.reads(plain(texts, "entries.title", count="").rstrip(), after=card)

    async def _open_entry(self, name: str) -> None:
        """A card with a receipt is a message of its own: it is there when it is read."""
        await self.organiser.presses(f" {name}")
        signed_up = plain(self.organiser.texts, "entry.at", at="").rstrip()
        await self.organiser.reads(name, signed_up)

    async def turn_down(self, name: str, reason: str) -> None:
        """From the list; the person is told why."""
        texts = self.organiser.texts
        await self._open_entry(name)
        await self.organiser.presses(texts("approvals.reject"))
        await self.organiser.reads(plain(texts, "approvals.reason.ask", name=name))
        await self.organiser.says(reason)
        await self.organiser.reads(plain(texts, "approvals.rejected", name=name))
        await self.people[name].reads(beginning(self.people[name].texts, "notice.rejected"), reason)

    async def promoted(self, name: str) -> None:
        """He who waited has read that a place is his, and opens the card."""
        await self.people[name].reads(beginning(self.people[name].texts, "notice.promoted"))
        await open_card(self.people[name], self.venue)

    async def start(self) -> None:
        """The organiser begins; everybody hears where he plays."""
        texts = self.organiser.texts
        await run(self.organiser, self.venue)
        await self.organiser.presses(texts("organising.start"))
        await self.organiser.reads(plain(texts, "evening.start.ask"))
        await self.organiser.presses(texts("evening.start.yes"))
        await self.organiser.reads(plain(texts, "evening.playing"))

    async def hear_of_sides(self, names: Sequence[str]) -> None:
        """Each of them has read in which side he plays."""
        await self._read("notice.side_formed", names)

    async def _read(self, key: str, names: Sequence[str]) -> None:
        """Each of them has read this notice."""
        for name in names:
            person = self.people[name]
            await person.reads(beginning(person.texts, key))

    async def play(self, number: int, home: str, away: str, goals: Sequence[Goal]) -> None:
        """One match, goal by goal. `home` and `away` are the sides' names as the organiser reads
        them; a goal's side is 0 for home, 1 for away."""
        texts, organiser = self.organiser.texts, self.organiser
        await organiser.presses(texts("evening.add"))
        await organiser.reads(plain(texts, "evening.add.home"))
        await organiser.presses(home)
        await organiser.reads(plain(texts, "evening.add.away", home=home))
        await organiser.presses(away)
        title, score = plain(texts, "evening.match.title", number=number), [0, 0]
        await organiser.reads(title)
        for side, scorer, assist in goals:
            await organiser.presses(texts.plain("evening.goal.add", side=(home, away)[side]))
            await organiser.reads(plain(texts, "evening.goal.scorer", side=(home, away)[side]))
            await organiser.presses(scorer)
            await organiser.reads(plain(texts, "evening.goal.assist", scorer=scorer))
            await organiser.presses(assist or texts("evening.goal.alone"))
            score[side] += 1
            await organiser.reads(
                plain(texts, "evening.match.title", number=number), f"{score[0]}:{score[1]}"
            )
        await organiser.presses(texts("evening.match.finish"))
        await organiser.presses(texts("evening.back"))
        await organiser.reads(f"{number}. ")

    async def finish(self, side: str, best: str) -> None:
        """It is over, and somebody was the best."""
        texts, organiser = self.organiser.texts, self.organiser
        await organiser.presses(texts("evening.finish"))
        await organiser.presses(texts("evening.finish.yes"))
        await organiser.presses(texts("evening.man.choose"))
        await organiser.presses(side)
        await organiser.reads(plain(texts, "evening.man.player", side=side))
        await organiser.presses(best)
        await organiser.reads(plain(texts, "evening.man", name=best))
        await self.people[best].reads(beginning(self.people[best].texts, "notice.coupon_issued"))


async def _few_at_once(acts: Iterable[Coroutine[None, None, None]]) -> None:
    """People who do not wait for each other, no more of them than a small machine answers."""
    gate = asyncio.Semaphore(4)

    async def admitted(act: Coroutine[None, None, None]) -> None:
        async with gate:
            await act

    await asyncio.gather(*map(admitted, acts))
