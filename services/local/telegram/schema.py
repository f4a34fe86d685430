"""The tables of the local Telegram. Bot API objects are kept as the JSON the bot is sent."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT, username TEXT,
    language_code TEXT, phone TEXT NOT NULL, organiser INTEGER NOT NULL DEFAULT 0,
    started INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, sender INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (chat_id, message_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keyboards (chat_id INTEGER PRIMARY KEY, markup TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reads (
    person INTEGER NOT NULL, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
    PRIMARY KEY (person, chat_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS updates (
    update_id INTEGER PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS presses (
    id TEXT PRIMARY KEY, person INTEGER NOT NULL, at REAL NOT NULL, answer TEXT);
CREATE TABLE IF NOT EXISTS files (
    file_id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, mime TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, content BLOB NOT NULL);
"""
