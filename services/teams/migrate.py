"""`python -m services.teams.migrate`: brings the schema `teams` up to date."""

from services.chassis.migrate import main

STORAGE = "services.teams.storage"

if __name__ == "__main__":
    main(STORAGE, "teams")
