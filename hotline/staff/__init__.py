"""Accounts, sign-in, and what each counselor is doing now."""
