"""Lines: how the callers of each are served."""
