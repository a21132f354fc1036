"""How callers of a line are served: which plan a caller gets."""
