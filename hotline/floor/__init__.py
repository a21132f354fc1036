"""The floor as people see it: a snapshot, explanations, replays, the desk. Reads only."""
