"""The same bot as a monolith: aiogram on an aiohttp webhook, SQLAlchemy's ORM, FSM in Redis."""
