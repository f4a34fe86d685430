"""fotbot.teams.v1 over gRPC."""
