"""What an organiser has set, and the questions for something else."""

from fotbot.sessions.v1.league_service_pb2 import OrganiserSettings

from services.gateway.answers import Button, Screen
from services.gateway.features.by_day.callbacks import ShowDays
from services.gateway.features.create_session import questions
from services.gateway.features.sessions import views
from services.gateway.features.settings.callbacks import ChoosePrice, EditSetting
from services.gateway.texts import Texts, typed_at_length

FIELDS = {
    "payee": "settings.payee.edit",
    "requisites": "settings.requisites.edit",
    "price": "settings.price.edit",
}
"""What can be set: the step that asks for it, and the button's text."""

USUAL_PRICE = 40_000

UNCLEAR = {"payee": "error.PAYEE_INVALID", "requisites": "error.REQUISITES_INVALID"}


def settings(known: OrganiserSettings, texts: Texts, note: str = "") -> Screen:
    details = known.details
    unset = texts("settings.unset")
    requisites = typed_at_length(details.requisites)
    blocks = [
        note,
        texts("settings.title"),
        texts("settings.payee", payee=details.payee or unset),
        texts("settings.requisites", requisites=requisites or unset),
        texts("settings.price", price=views.price(known.default_price, texts)),
        "" if details.requisites else texts("settings.leagues"),
    ]
    rows = [
        (Button(text=texts.plain(key), data=EditSetting(field=field)),)
        for field, key in FIELDS.items()
    ]
    back = Button(text=texts.plain("organising.days"), data=ShowDays())
    return Screen(text="\n\n".join(block for block in blocks if block), buttons=(*rows, (back,)))


def ask(field: str, texts: Texts, problem: str = "") -> Screen:
    """The price has buttons; names and cards are typed."""
    question = texts(f"ask.settings.{field}")
    offered = questions.price_options(USUAL_PRICE, texts) if field == "price" else ()
    rows = questions.rows(field, offered, lambda value: ChoosePrice(value=value), texts)
    text = f"⚠️ {problem}\n\n{question}" if problem else question
    return Screen(text=text, buttons=rows)
