"""Somebody at risk is sent to who can treat or help them, and what became of it comes back."""
