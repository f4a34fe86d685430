"""What makes the image of all roles: which wheels, which files, the bill of materials."""
