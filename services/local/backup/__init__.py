"""`make backup` and `make restore`: all that a system on this machine knows, as one folder."""
