"""Carrier webhooks. Signed, answered once, and never with an error to a live caller."""
