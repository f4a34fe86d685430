"""Brings schema `sender` up to date: `python -m services.gateway.sender.migrate`."""

from services.chassis.migrate import main

if __name__ == "__main__":
    main("services.gateway.sender.storage", "sender")
