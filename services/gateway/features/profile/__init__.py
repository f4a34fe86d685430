"""A person's own profile: name, phone, language, role."""
