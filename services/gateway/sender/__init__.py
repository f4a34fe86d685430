"""The sender: everything that leaves for Telegram outside a webhook's own answer.

It alone holds the bot's token. It knows nothing of aiogram and decides nothing about football.
"""
