"""What a move is told by the environment or by .env; the rest is said on the command line."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, field_validator
from pydantic_settings import NoDecode

from services.chassis.settings import Settings


def _numbers(text: object) -> object:
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


class MoveInSettings(Settings):
    """Where it goes to. Without addresses: into the local system, started if it does not run."""

    users_addr: str = ""
    """gRPC target of users, e.g. dns:///users:50051."""

    teams_addr: str = ""
    """gRPC target of teams."""

    sessions_addr: str = ""
    """gRPC target of sessions."""

    timezone: str = "Asia/Tashkent"
    """IANA zone of the old bot's venues."""

    admin_tg_ids: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_numbers)] = ()
    """The first of them whom the old bot knows becomes the organiser of what moves in."""

    local_data: str = ".local"
    """The local system's folder."""

    seconds_per_call: float = Field(default=60.0, gt=0)
    """How long one batch may take; a service that is away is asked again until then."""

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such IANA time zone")
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The zone as a value."""
        return ZoneInfo(self.timezone)

    @property
    def data(self) -> Path:
        """The kept folder as a path."""
        return Path(self.local_data)
