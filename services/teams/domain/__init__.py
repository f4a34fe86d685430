"""The rules about teams. Knows no transport and no store."""
