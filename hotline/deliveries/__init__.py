"""Reaching somebody: one attempt at the carrier, sent once, followed until it is over."""
