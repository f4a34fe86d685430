"""`python -m tests.security`: the promises and the tests that show them, for the README."""

import sys

from tests.security.promises import table

if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
