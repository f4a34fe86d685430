"""fotbot.users.v1 over gRPC: translates between messages and the domain, decides nothing."""
