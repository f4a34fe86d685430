"""Which input leads to the language handlers."""

from services.gateway.features.feature import Feature
from services.gateway.features.language import handlers
from services.gateway.features.language.callbacks import ChooseLanguage, OpenLanguages

FEATURE = Feature(
    name="language",
    commands={"language": handlers.command},
    taps={OpenLanguages: handlers.opened, ChooseLanguage: handlers.chosen},
)
