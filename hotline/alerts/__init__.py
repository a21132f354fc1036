"""Thresholds of the floor that were crossed: raised once, taken by a person, cleared by itself."""
