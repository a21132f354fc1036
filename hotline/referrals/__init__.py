"""Referrals: somebody at risk is sent to who can treat or help, and what became of it comes back."""
