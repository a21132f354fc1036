"""One contact by telephone: its lifecycle, its offers, its record."""
