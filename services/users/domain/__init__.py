"""The rules about people. Knows no transport and no store."""
