"""Talks that counselors are owed after heavy calls, and words that they ask for."""
