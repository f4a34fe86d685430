"""Teams: starting one, its roster, inviting, joining by a link, leaving."""
