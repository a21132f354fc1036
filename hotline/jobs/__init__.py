"""Wakes for the workers, over Redis. Losing one costs seconds, never an alarm."""
