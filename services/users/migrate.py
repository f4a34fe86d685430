"""`python -m services.users.migrate`: brings the schema `users` up to date."""

from services.chassis.migrate import main

if __name__ == "__main__":
    main("services.users.storage", "users")
