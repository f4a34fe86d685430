"""Settings: read once in `__main__`, frozen, explained; no secret has a default.

A field's name in capitals is its environment variable; any of them may come from a file instead,
named by NAME_FILE. `load` tells all faults at once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import PrivateAttr, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class SettingsError(Exception):
    """What is wrong with the environment, every fault in one text."""


class Settings(BaseSettings):
    """Parent of every process's settings. Build them with `load` alone."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    _files: Mapping[str, Path] = PrivateAttr(default_factory=dict)

    def file_of(self, name: str) -> Path | None:
        """The file that a field comes from, for who reads it again when it changes."""
        return self._files.get(name)

    def now(self, name: str) -> str:
        """A field's text as its file has it now, for who uses it anew; as it was read at the start
        where there is no file, or no reading it."""
        path = self._files.get(name)
        try:
            if path is not None:
                return path.read_text().rstrip("\r\n")
        except (OSError, ValueError):
            pass
        value = getattr(self, name)
        return str(value.get_secret_value() if isinstance(value, SecretStr) else value or "")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: the environment is an argument, not a global."""
        return (init_settings,)


AnySettings = TypeVar("AnySettings", bound=Settings)


def load(kind: type[AnySettings], environ: Mapping[str, str]) -> AnySettings:
    """Read `kind` from the environment.

    Raises SettingsError naming every fault: unset, malformed, unreadable file.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    files = {name: path for name in kind.model_fields if (path := _file(name.upper(), environ))}
    for name, field in kind.model_fields.items():
        try:
            value = _read(name.upper(), environ)
        except OSError as error:
            # What need not be set need not be there: an optional key of a mounted secret.
            if isinstance(error, FileNotFoundError) and not field.is_required():
                continue
            faults.append(f"{name.upper()}_FILE cannot be read: {error.strerror}")
            continue
        if value is not None:
            values[name] = value
    unreadable = {fault.partition("_FILE ")[0] for fault in faults}
    try:
        settings = kind(**values)
    except ValidationError as error:
        faults += [text for text in map(_told, error.errors()) if text.split()[0] not in unreadable]
    if faults:
        raise SettingsError("; ".join(faults))
    settings._files = files
    return settings


def _read(name: str, environ: Mapping[str, str]) -> str | None:
    if name in environ:
        return environ[name]
    path = _file(name, environ)
    return None if path is None else path.read_text().rstrip("\r\n")


def _file(name: str, environ: Mapping[str, str]) -> Path | None:
    path = None if name in environ else environ.get(f"{name}_FILE")
    return None if path is None else Path(path)


def _told(fault: Any) -> str:
    """One fault in our words; never the value, which may be a secret."""
    name = str(fault["loc"][0]).upper() if fault["loc"] else "settings"
    if fault["type"] == "missing":
        return f"{name} is not set"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {message[0].lower()}{message[1:]}"
