"""`python -m services.teams.migrate`: brings the schema `teams` up to date."""

from services.chassis.migrate import main

if __name__ == "__main__":
    main("services.teams.storage", "teams")
