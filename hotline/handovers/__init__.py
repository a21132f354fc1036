"""Consents, the legal basis of each hand-over to another body, and the ledger of them."""
