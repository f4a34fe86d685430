"""`python -m services.sessions.migrate`: brings schema `sessions` up to date."""

from services.chassis.migrate import main

STORAGE = "services.sessions.storage"

if __name__ == "__main__":
    main(STORAGE, "sessions")
