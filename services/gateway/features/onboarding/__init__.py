"""The sign-up: language, name, own phone; then to where the person was going."""
