"""Chains as files: who is rung for a flag of one level and kind, in which steps, by when. Pure."""
