"""Teams: starting one, its roster, inviting, joining by a link, numbers,
leaving, and what captains do."""
