"""What happens around every handler, from the outside in: identity, conversation, errors."""
