"""The tables of ../schema.sql as SQLAlchemy maps them."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Enum, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All of them."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class SessionStatus(enum.Enum):
    PLANNED = "PLANNED"
    STARTED = "STARTED"
    FINISHED = "FINISHED"


class MatchType(enum.Enum):
    FIVE_V_FIVE = "FIVE_V_FIVE"
    SIX_V_SIX = "SIX_V_SIX"


class RegistrationStatus(enum.Enum):
    GOING = "GOING"
    WAITING = "WAITING"


class User(Base):
    __tablename__ = "User"

    id: Mapped[int] = mapped_column(primary_key=True)
    telegram_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    is_active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Session(Base):
    __tablename__ = "Session"

    id: Mapped[int] = mapped_column(primary_key=True)
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    status: Mapped[SessionStatus] = mapped_column(Enum(SessionStatus, name="SessionStatus"))
    type: Mapped[MatchType] = mapped_column(Enum(MatchType, name="MatchType"))
    stadium: Mapped[str]
    price: Mapped[int]
    capacity: Mapped[int]


class SessionRegistration(Base):
    __tablename__ = "SessionRegistration"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int]
    user_id: Mapped[int]
    status: Mapped[RegistrationStatus] = mapped_column(
        Enum(RegistrationStatus, name="RegistrationStatus")
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
