"""What organisers set, on the same metadata as all tables of schema `sessions`."""

from sqlalchemy import BigInteger, Column, Table, Text, text

from services.sessions.storage.tables import metadata

organiser_settings = Table(
    "organiser_settings",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("payee", Text, nullable=False, server_default=text("''")),
    Column("requisites", Text, nullable=False, server_default=text("''")),
    Column("default_price", BigInteger, nullable=False, server_default=text("40000")),
)
