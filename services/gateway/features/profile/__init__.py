"""A person's own profile: what he told of himself, what he has played, which notices he wants."""
