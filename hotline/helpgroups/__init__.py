"""Help groups: people from outside who are invited to one case, and see their own part of it."""
